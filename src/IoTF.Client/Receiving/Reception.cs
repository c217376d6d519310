namespace IoTF.Client.Receiving;

/// <summary>
/// What one receiver takes: a number of messages, what comes within a time, or all. The time is up however many messages wait or come, so that
/// neither a steady stream nor slow work over each message makes it longer. One thread at a time.
/// </summary>
public sealed class Reception
{
    private readonly Receiver _receiver;
    private readonly int? _count;
    private readonly TimeSpan? _limit;
    private readonly TimeProvider _clock;
    private readonly long _started;
    private bool _hasLooked;

    /// <summary>A reception that begins now.</summary>
    /// <param name="receiver">Who takes the messages.</param>
    /// <param name="count">How many count at most, see <see cref="Counted"/>; null for any number.</param>
    /// <param name="limit">How long it takes messages; zero for those that wait now, however long that takes; null for no end.</param>
    /// <param name="clock">The clock that the limit goes by.</param>
    public Reception(Receiver receiver, int? count, TimeSpan? limit, TimeProvider clock)
    {
        _receiver = receiver;
        _count = count;
        _limit = limit;
        _clock = clock;
        _started = clock.GetTimestamp();
        if (TakesOnlyWhatWaits)
        {
            receiver.TakeOnlyWhatWaits();
        }
    }

    /// <summary>How many messages have counted.</summary>
    public int Count { get; private set; }

    /// <summary>A message was what was asked for.</summary>
    public void Counted() => Count++;

    /// <summary>Takes the next message; waits for one.</summary>
    /// <param name="pause">How long to wait before the caller gets a turn although nothing came.</param>
    /// <param name="message">The message; null when none came within the pause.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False when it is over.</returns>
    /// <exception cref="Faults.FaultException">The session is over, and no message is left.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool TryTake(TimeSpan pause, out ReceivedMessage? message, CancellationToken cancellationToken)
    {
        message = null;
        var left = Left;
        if (Count >= _count || (left == TimeSpan.Zero && _hasLooked && !TakesOnlyWhatWaits))
        {
            return false;
        }

        // One that waits is taken even when the time was over before anybody looked: else a short time would never bring anything.
        _hasLooked = true;
        message = _receiver.Take(left < pause ? left : pause, cancellationToken);
        return message is not null || left > pause;
    }

    private bool TakesOnlyWhatWaits => _limit == TimeSpan.Zero;

    private TimeSpan Left
    {
        get
        {
            var left = _limit is { } limit ? limit - _clock.GetElapsedTime(_started) : TimeSpan.MaxValue;
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }
}
