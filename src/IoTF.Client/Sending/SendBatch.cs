using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sending;

/// <summary>
/// The messages of one sender, from the first to the moment when it is known of each what became of it. One thread sends and
/// completes; it may be any thread.
/// </summary>
public sealed class SendBatch : IDisposable
{
    private const int ConfirmEvery = 256;
    private const int MaximumSetAside = 100;

    private readonly Session _session;
    private readonly Exchange _exchange;
    private readonly TimeSpan _patience;
    private readonly bool _wantsAll;
    private readonly TimeProvider _clock;
    private readonly Queue<(PendingMessage Message, long Since)> _setAside = new();

    // All below is guarded by the exchange's gate.
    private readonly Queue<PendingMessage> _inOrder = new();
    private readonly Queue<PendingMessage> _failed = new();

    // QoS 0: queued, perhaps not yet given to the network, with the position at which it will have been.
    private readonly Queue<(long Position, PendingMessage Message)> _unwritten = new();
    private int _outstanding;

    /// <summary>A batch without messages.</summary>
    /// <param name="session">The session that sends.</param>
    /// <param name="patience">How long the service may send nothing before a message counts as not confirmed.</param>
    /// <param name="wantsAll">Whether <see cref="TryTakeReport"/> gives every message in order of sending; else only those that failed.</param>
    /// <param name="meanwhile">What the thread that sends or completes does while it has to wait for the service; null for nothing.</param>
    public SendBatch(Session session, TimeSpan patience, bool wantsAll, Meanwhile? meanwhile = null)
    {
        _session = session;
        _exchange = session.Exchange;
        _clock = session.Clock;
        _patience = patience;
        _wantsAll = wantsAll;
        Meanwhile = meanwhile;
        _exchange.Enlist(this);
        session.Hurry();
    }

    /// <summary>Messages of which it is not known yet what became of them.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>What the thread that sends or completes does while it has to wait for the service; null for nothing.</summary>
    internal Meanwhile? Meanwhile { get; }

    /// <summary>Sends a message; waits while the window or the network has no room. A failure is told by <see cref="TryTakeReport"/>.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="isLast">Whether this thread has nothing to do but to write it; otherwise another thread does while this one goes on.</param>
    /// <exception cref="OperationCanceledException">The token fired; the message was not sent.</exception>
    public void Send(PendingMessage message, CancellationToken cancellationToken, bool isLast = false)
    {
        message.Batch = this;
        _exchange.Publish(message, _patience, since: null, cancellationToken, isLast);
    }

    /// <summary>
    /// Sends a message when there is room for it now, and sets it aside otherwise, so that the sender can go on with other sessions. What is set
    /// aside is waited for when there is too much of it, or when the batch is completed; its time counts from now.
    /// </summary>
    /// <exception cref="OperationCanceledException">The token fired; the message was not sent.</exception>
    public void SendOrSetAside(PendingMessage message, CancellationToken cancellationToken)
    {
        message.Batch = this;
        if (TrySendSetAside() && _exchange.TryPublish(message, out _))
        {
            return;
        }

        if (_setAside.Count == MaximumSetAside)
        {
            SendFirstSetAside(cancellationToken);
        }

        _setAside.Enqueue((message, _clock.GetTimestamp()));
    }

    /// <summary>Sends what was set aside as far as there is room for it now.</summary>
    /// <returns>Whether nothing is set aside any more.</returns>
    public bool TrySendSetAside()
    {
        while (_setAside.TryPeek(out var first))
        {
            if (!_exchange.TryPublish(first.Message, out _))
            {
                return false;
            }

            _setAside.Dequeue();
        }

        return true;
    }

    /// <summary>Waits until it is known of every message what became of it: acknowledged, refused, given up or timed out.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="since">The timestamp from which the time counts, unless a sign of life came later; by default now. With it several batches share their time.</param>
    /// <exception cref="OperationCanceledException">The token fired; <see cref="Outstanding"/> messages are still under way.</exception>
    public void Complete(CancellationToken cancellationToken, long? since = null)
    {
        while (_setAside.Count > 0)
        {
            SendFirstSetAside(cancellationToken);
        }

        _exchange.ConfirmWritten(this, _patience, since, cancellationToken);
        _exchange.AwaitAcknowledgements(this, _patience, since, cancellationToken);
    }

    /// <summary>Stops following the messages. They stay on their way; that others are still set aside is told as a notice of the session.</summary>
    public void Dispose()
    {
        _exchange.Dismiss(this);
        if (_setAside.Count > 0)
        {
            _session.LeftUnsent(_setAside.Count);
            _setAside.Clear();
        }
    }

    /// <summary>Takes the next message of which it is known what became of it.</summary>
    public bool TryTakeReport(out PendingMessage message)
    {
        lock (_exchange.Gate)
        {
            if (!_wantsAll)
            {
                return _failed.TryDequeue(out message!);
            }

            if (_inOrder.TryPeek(out message!) && message.IsSettled)
            {
                _inOrder.Dequeue();
                return true;
            }

            return false;
        }
    }

    private void SendFirstSetAside(CancellationToken cancellationToken)
    {
        var (message, since) = _setAside.Dequeue();
        _exchange.Publish(message, _patience, since, cancellationToken);
    }

    internal void Add(PendingMessage message)
    {
        _outstanding++;
        if (_wantsAll)
        {
            _inOrder.Enqueue(message);
        }
    }

    internal void Settled(PendingMessage message)
    {
        _outstanding--;
        if (message.Fault is not null && !_wantsAll)
        {
            _failed.Enqueue(message);
        }
    }

    internal void Queued(PendingMessage message, long position, long written)
    {
        _unwritten.Enqueue((position, message));
        if (_unwritten.Count % ConfirmEvery == 0)
        {
            ConfirmUpTo(written);
        }
    }

    /// <summary>Where the message that was just given to a link ends; never reached on a link that has failed, which drops what it is given.</summary>
    internal static long PositionOn(Link link) => link.WriteFault is null ? link.BytesQueued : long.MaxValue;

    internal void ConfirmUpTo(long written)
    {
        while (_unwritten.TryPeek(out var next) && next.Position <= written)
        {
            _unwritten.Dequeue();
            _exchange.Conclude(next.Message, verdict: null);
        }
    }

    /// <summary>Sends over a new link what the last one did not give to the network: it never left, so it still arrives at most once.</summary>
    /// <param name="link">Where to.</param>
    /// <param name="whyNot">Why the service does not take a message any more; null when it does.</param>
    internal void PublishUnwritten(Link link, Func<PendingMessage, Fault?> whyNot)
    {
        for (var left = _unwritten.Count; left > 0; left--)
        {
            var message = _unwritten.Dequeue().Message;
            if (whyNot(message) is { } fault)
            {
                _exchange.Settle(message, fault);
                continue;
            }

            link.Publish(message, duplicate: false);
            _unwritten.Enqueue((PositionOn(link), message));
        }
    }

    internal void GiveUpUnwritten(Fault fault)
    {
        while (_unwritten.TryDequeue(out var lost))
        {
            _exchange.Settle(lost.Message, fault);
        }
    }

    internal bool HasUnwritten => _unwritten.Count > 0;
}
