namespace IoTF.Client.Sessions;

/// <summary>
/// The PINGREQs of one connection. Packets keep their order on it, so that the answer to one proves that what was sent before has been read.
/// The owner guards it.
/// </summary>
internal sealed class PingRecord
{
    private readonly Queue<(long Ping, TaskCompletionSource Heard)> _waiting = new();
    private long _needed;
    private long? _probe;

    /// <summary>How many were sent.</summary>
    public long Asked { get; private set; }

    /// <summary>How many were answered.</summary>
    public long Heard { get; private set; }

    /// <summary>Whether something that has no answer of its own was sent, and it is not known yet whether the service has read it.</summary>
    public bool HasUnproven => _needed > Heard;

    /// <summary>Whether a PINGREQ has to be sent to learn about <see cref="HasUnproven"/>.</summary>
    public bool MustAsk => _needed > Asked;

    /// <summary>Whether somebody waits for an answer.</summary>
    public bool IsAwaited => _waiting.Count > 0;

    /// <summary>A new connection, or none any more: whoever waits for an answer is told that none comes.</summary>
    public void Clear()
    {
        (Asked, Heard, _needed, _probe) = (0, 0, 0, null);
        while (_waiting.TryDequeue(out var waiter))
        {
            waiter.Heard.TrySetCanceled();
        }
    }

    /// <summary>The answer to the PINGREQ that was sent last.</summary>
    public Task AnswerAsync()
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Enqueue((Asked, heard));
        return heard.Task;
    }

    /// <summary>Something that has no answer of its own was sent.</summary>
    public void SentUnanswered() => _needed = Asked + 1;

    /// <summary>A PINGREQ was sent.</summary>
    public void Ask() => Asked++;

    /// <summary>Whether the PINGREQ that shows whether the connection works is under way.</summary>
    public bool IsProbing => _probe is not null;

    /// <summary>The next PINGREQ is the one that shows whether the connection works.</summary>
    public void ProbeWithNext() => _probe = Asked + 1;

    /// <summary>A PINGRESP arrived.</summary>
    /// <returns>Whether it answers the probe.</returns>
    public bool Hear()
    {
        Heard++;
        while (_waiting.TryPeek(out var waiter) && waiter.Ping <= Heard)
        {
            _waiting.Dequeue().Heard.TrySetResult();
        }

        if (_probe is not { } probe || Heard < probe)
        {
            return false;
        }

        _probe = null;
        return true;
    }
}
