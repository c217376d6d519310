using IoTF.Client.Faults;
using IoTF.Mqtt.Topics;

namespace IoTF.Client.Receiving;

/// <summary>
/// One receiver of a subscription, from when it begins to when it leaves. It gets its own copy of every message that it asked for and that
/// arrives meanwhile, whoever else receives; of what had waited before, each message goes to the first that takes it.
/// </summary>
public sealed class Receiver
{
    private readonly Mailroom _mailroom;
    private readonly string? _filter;
    private readonly InboxReader _waiting;
    private InboxReader _arriving;

    /// <summary>A receiver that the mailroom lets in.</summary>
    /// <param name="mailroom">The mailroom.</param>
    /// <param name="subscription">The subscription.</param>
    /// <param name="filter">What it takes of a subscription that brings more; null for all.</param>
    /// <param name="setsAside">
    /// Whether messages that it does not take, and nobody else, are acknowledged all the same, so that they do not fill the service's window
    /// in front of those that it does. They wait like messages of QoS 0: when there are too many, the oldest are dropped.
    /// </param>
    /// <param name="since">The number of the last message that arrived before it.</param>
    /// <param name="clock">The clock that waiting goes by.</param>
    internal Receiver(Mailroom mailroom, Subscription subscription, string? filter, bool setsAside, long since, TimeProvider clock)
    {
        _mailroom = mailroom;
        _filter = filter;
        Subscription = subscription;
        SetsAside = setsAside;
        Since = since;
        Inbox = new Inbox(InboxCapacity.Default, clock);
        _arriving = new InboxReader(Inbox, fits: null, setsAside: false);
        _waiting = new InboxReader(subscription.Inbox, message => message.Number <= since && Fits(message.Topic), setsAside);
    }

    /// <summary>Where the messages come from.</summary>
    public Subscription Subscription { get; }

    /// <summary>What has arrived for it and was not taken yet.</summary>
    internal Inbox Inbox { get; }

    internal bool SetsAside { get; }

    /// <summary>The number of the last message that arrived before it.</summary>
    internal long Since { get; }

    /// <summary>Takes the oldest message; waits for one. One thread at a time.</summary>
    /// <param name="timeout">How long to wait; infinite without a limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message; null when none came in time.</returns>
    /// <exception cref="FaultException">The session is over, and no message is left.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ReceivedMessage? Take(TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Subscription.Inbox.Count > 0 && _waiting.TryTake() is { } waited)
        {
            return waited;
        }

        var message = _arriving.Take(timeout, cancellationToken);
        message?.Audience?.Took();
        return message;
    }

    /// <summary>From now on it takes only what has arrived by now.</summary>
    public void TakeOnlyWhatWaits()
    {
        var last = _mailroom.LastNumber;
        _arriving = new InboxReader(Inbox, message => message.Number <= last, setsAside: false);
    }

    /// <summary>
    /// Puts a message back that was taken and not dealt with, so that the next receiver gets it first: a message that is neither acknowledged
    /// nor waiting would take a place in the service's window for as long as the session lasts.
    /// </summary>
    /// <param name="message">A message that <see cref="Take"/> returned and for which <see cref="ReceivedMessage.Consume"/> was not called.</param>
    public void PutBack(ReceivedMessage message)
    {
        message.IsReturned = true;
        _arriving.PutBack(message);
    }

    /// <summary>Ends. What it was given and did not take waits for the next receiver, unless others were given it, too.</summary>
    public void Leave() => _mailroom.Leave(this);

    internal bool Fits(string topic) => _filter is null || TopicFilter.Matches(_filter, topic);
}
