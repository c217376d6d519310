using IoTF.Client.Faults;

namespace IoTF.Client.Receiving;

/// <summary>Takes the messages out of an inbox that one receiver asked for. One thread at a time.</summary>
internal sealed class InboxReader
{
    private readonly Inbox _inbox;
    private readonly Func<ReceivedMessage, bool>? _fits;
    private readonly List<ReceivedMessage>? _passedOver;
    private InboxPosition _position;

    /// <summary>A reader that begins with the oldest message.</summary>
    /// <param name="inbox">The inbox.</param>
    /// <param name="fits">Selects messages; null takes any. Others stay where they are, for other receivers.</param>
    /// <param name="setsAside">
    /// Whether messages that do not fit are acknowledged all the same, so that they do not fill the service's window in front of those that
    /// do. They stay in the inbox like messages of QoS 0: when there are too many, the oldest are dropped.
    /// </param>
    public InboxReader(Inbox inbox, Func<ReceivedMessage, bool>? fits, bool setsAside)
    {
        _inbox = inbox;
        _fits = fits;
        _passedOver = setsAside ? [] : null;
    }

    /// <summary>Takes the oldest message that fits; waits for one.</summary>
    /// <param name="timeout">How long to wait; infinite without a limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message; null when none came in time.</returns>
    /// <exception cref="FaultException">The session is over, and no message is left.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ReceivedMessage? Take(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var started = _inbox.Clock.GetTimestamp();
        while (true)
        {
            if (TryTake() is { } message)
            {
                return message;
            }

            var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - _inbox.Clock.GetElapsedTime(started);
            if (timeout != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero)
            {
                _inbox.ThrowIfEnded();
                return null;
            }

            _inbox.AwaitChange(_position, left, cancellationToken);
        }
    }

    /// <summary>Takes the oldest message that fits and waits there already.</summary>
    /// <returns>The message; null when there is none.</returns>
    internal ReceivedMessage? TryTake()
    {
        var message = _inbox.Find(_fits, ref _position, _passedOver);
        SetAside();
        return message;
    }

    /// <summary>
    /// Puts a message back that was taken and not dealt with, so that the next receiver gets it first: a message that is neither acknowledged
    /// nor waiting would take a place in the service's window for as long as the session lasts.
    /// </summary>
    /// <param name="message">A message that <see cref="Take"/> returned and for which <see cref="ReceivedMessage.Consume"/> was not called.</param>
    public void PutBack(ReceivedMessage message)
    {
        _inbox.Insert(message);
        _inbox.Announce();
    }

    private void SetAside()
    {
        if (_passedOver is { Count: > 0 })
        {
            // Outside the inbox's gate: the exchange fills inboxes while it holds its own.
            foreach (var message in _passedOver)
            {
                message.Consume();
            }

            _passedOver.Clear();
        }
    }
}

/// <summary>How far a reader has looked through an inbox.</summary>
/// <param name="Last">The last message it looked at.</param>
/// <param name="Number">The number of that message.</param>
/// <param name="Insertions">How many messages had been inserted out of order by then.</param>
/// <param name="Additions">How many messages had been added by then.</param>
internal readonly record struct InboxPosition(ReceivedMessage? Last, long Number, long Insertions, long Additions);
