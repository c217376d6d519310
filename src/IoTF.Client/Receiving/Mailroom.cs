using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Topics;

namespace IoTF.Client.Receiving;

/// <summary>Sorts what arrives into the inboxes of the subscriptions that want it.</summary>
internal sealed class Mailroom(Notices notices, TimeProvider clock)
{
    /// <summary>The shortest time between two notices of drops, while a receiver cannot keep up.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>So many messages that nobody receives are worth a warning; a device has fewer under way, and they are nothing unusual when it begins.</summary>
    private const int Crowd = 100;

    private readonly object _gate = new();

    /// <summary>What no subscription of this process wants: left over from an earlier run of a persistent session.</summary>
    private readonly Inbox _unclaimed = new(default, clock);

    /// <summary>Filters that were subscribed and are no more. The service still delivers what it had queued for them.</summary>
    private readonly HashSet<string> _retired = [];

    /// <summary>Those who get the message that is being sorted; kept, because there is one after the other.</summary>
    private readonly List<Taker> _takers = [];
    private Subscription[] _subscriptions = [];
    private long _count;
    private long _dropped;
    private bool _hasUntoldDrops;
    private long? _toldOfDropsAt;
    private bool _toldOfUnclaimed;
    private bool _toldOfHeldBack;
    private bool _toldOfHold;
    private Fault? _ended;

    /// <summary>The exchange that messages are acknowledged to; set once, before anything arrives.</summary>
    public Exchange Exchange { get; set; } = null!;

    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>Filters that were subscribed and are no more.</summary>
    public IReadOnlyList<string> RetiredFilters
    {
        get
        {
            lock (_gate)
            {
                return [.. _retired];
            }
        }
    }

    public int Waiting => _unclaimed.Count + _subscriptions.Sum(subscription => subscription.Waiting);

    /// <summary>Messages that were dropped here.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The number of the message that arrived last.</summary>
    public long LastNumber
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    public void Add(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
            _retired.Remove(subscription.Filter);
            foreach (var message in _unclaimed.Empty())
            {
                (TopicFilter.Matches(subscription.Filter, message.Topic) ? subscription.Inbox : _unclaimed).Add(message);
            }
        }
    }

    /// <summary>Forgets a subscription; what it still held, or still gets, goes to another that wants it, or is done with.</summary>
    public void Remove(Subscription subscription)
    {
        var unwanted = new List<ReceivedMessage>();
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            _retired.Add(subscription.Filter);
            foreach (var message in subscription.EmptyAll())
            {
                if (!message.IsShared && Array.Find(_subscriptions, other => TopicFilter.Matches(other.Filter, message.Topic)) is { } heir)
                {
                    CountDrops(heir, heir.Accept(message));
                }
                else
                {
                    unwanted.Add(message);
                }
            }

            AddNoticeOfDrops(subscription);
        }

        Announce();

        // Outside the gate: the exchange sorts messages while it holds its own.
        foreach (var message in unwanted)
        {
            message.Consume();
        }
    }

    /// <summary>Puts a message where it is wanted.</summary>
    /// <returns>False when nobody wants it and nothing is lost by forgetting it.</returns>
    public bool Sort(InboundMessage message, DateTimeOffset receivedAt)
    {
        lock (_gate)
        {
            _takers.Clear();
            foreach (var subscription in _subscriptions)
            {
                if (TopicFilter.Matches(subscription.Filter, message.Topic))
                {
                    subscription.FindTakers(message.Topic, _takers);
                }
            }

            var number = ++_count;
            if (_takers.Count > 0)
            {
                return Put(message, number, receivedAt);
            }

            if (message.QualityOfService == QualityOfService.AtMostOnce || IsRetired(message.Topic))
            {
                return false;
            }

            _unclaimed.Add(new ReceivedMessage(message, number, receivedAt, Exchange, copies: null));
            TellOfUnclaimed(message.Topic);
            return true;
        }
    }

    /// <summary>Lets a receiver in.</summary>
    /// <param name="subscription">The subscription that it receives from.</param>
    /// <param name="filter">What it takes; a subscription that brings no more than that is not looked through.</param>
    /// <param name="setsAside">See <see cref="Receiver"/>.</param>
    public Receiver Enter(Subscription subscription, string filter, bool setsAside)
    {
        lock (_gate)
        {
            var receiver = new Receiver(this, subscription, filter == subscription.Filter ? null : filter, setsAside, since: _count, clock);
            if (_ended is not null)
            {
                receiver.Inbox.End(_ended);
            }

            subscription.Enter(receiver);
            return receiver;
        }
    }

    /// <summary>A receiver leaves; what it did not take waits for the next, unless others were given it, too.</summary>
    public void Leave(Receiver receiver)
    {
        var unwanted = new List<ReceivedMessage>();
        lock (_gate)
        {
            if (!receiver.Subscription.Leave(receiver))
            {
                return;
            }

            foreach (var message in receiver.Inbox.Empty())
            {
                if (message.IsReturned || message.Audience is not { } audience || audience.GiveUp())
                {
                    CountDrops(receiver.Subscription, receiver.Subscription.Accept(message));
                }
                else
                {
                    unwanted.Add(message);
                }
            }
        }

        Announce();

        // Outside the gate: the exchange sorts messages while it holds its own.
        foreach (var message in unwanted)
        {
            message.Consume();
        }
    }

    public void Announce()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Announce();
        }
    }

    /// <summary>
    /// Makes a notice of what was dropped because too much waited. In a flood that goes on, one is made every <see cref="Pause"/>.
    /// </summary>
    /// <param name="isLast">Whether nobody will ask soon again, so that it is made in any case.</param>
    public void NoteDrops(bool isLast)
    {
        if (!Volatile.Read(ref _hasUntoldDrops))
        {
            return;
        }

        lock (_gate)
        {
            if (!isLast && _toldOfDropsAt is { } before && clock.GetElapsedTime(before) < Pause)
            {
                return;
            }

            _toldOfDropsAt = clock.GetTimestamp();
            _hasUntoldDrops = false;
            foreach (var subscription in _subscriptions)
            {
                AddNoticeOfDrops(subscription);
            }
        }
    }

    /// <summary>A message was larger than what is received; it is acknowledged, because the service would send it again and again.</summary>
    public void DropTooLarge(string topic, long size, int limit)
    {
        lock (_gate)
        {
            _dropped++;
        }

        notices.Count(
            NoticeTopic.TooLarge,
            NoticeLevel.Warning,
            1,
            times => $"{(times > 1 ? $"{times:N0} messages were too large to be received, the last one" : "A message")} on '{topic}' of {size:N0} bytes was acknowledged and dropped: at most {limit:N0} bytes are received. Have it sent in parts.");
    }

    /// <summary>
    /// So many messages are not acknowledged, because nobody receives them, that the service keeps the next ones in a queue, where they can be lost.
    /// </summary>
    public void TellOfHeldBack(int count)
    {
        if (_toldOfHeldBack || Array.Exists(_subscriptions, static subscription => subscription.IsInUse))
        {
            return;
        }

        _toldOfHeldBack = true;
        notices.Add(
            count < Crowd ? NoticeLevel.Verbose : NoticeLevel.Warning,
            $"{count:N0} messages waited to be received. The service keeps later ones in a queue, and when that is full it drops the oldest without saying so. Receive them sooner, for instance with Register-IoTFAction.");
    }

    /// <summary>So much waits to be received that nothing more is read for now.</summary>
    public void TellOfHold(long bytes)
    {
        if (!_toldOfHold)
        {
            _toldOfHold = true;
            notices.Add(
                NoticeLevel.Warning,
                $"More than {bytes:N0} bytes wait to be received. Until some of them are, nothing more is read from the connection, also no acknowledgement of what is sent.");
        }
    }

    /// <summary>The service has dropped a message that nobody follows any more.</summary>
    public void TellOfDropped(string what) => notices.Count(
        NoticeTopic.Dropped, NoticeLevel.Warning, 1, times => times == 1 ? what : $"{what} There were {times:N0} of the kind; Receive-IoTFNotification gives them all.");

    public void End(Fault fault)
    {
        lock (_gate)
        {
            _ended ??= fault;
            foreach (var subscription in _subscriptions)
            {
                subscription.End(fault);
            }
        }
    }

    private bool IsRetired(string topic)
    {
        foreach (var filter in _retired)
        {
            if (TopicFilter.Matches(filter, topic))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Gives a message to all who take it.</summary>
    /// <returns>False when it is to be acknowledged at once, because all of them have only set it aside.</returns>
    private bool Put(InboundMessage message, long number, DateTimeOffset receivedAt)
    {
        var unread = _takers.Count;
        foreach (var taker in _takers)
        {
            unread -= taker.IsSetAside ? 1 : 0;
        }

        var copies = _takers.Count > 1 ? new ReceivedMessage.Copies(unread) : null;
        foreach (var taker in _takers)
        {
            var received = new ReceivedMessage(message, number, receivedAt, Exchange, copies) { Audience = taker.Audience };
            if (taker.IsSetAside)
            {
                received.SetAside();
            }

            CountDrops(taker.Subscription, taker.Inbox.Add(received));
        }

        return unread > 0;
    }

    private void CountDrops(Subscription subscription, int count)
    {
        if (count > 0)
        {
            _dropped += count;
            subscription.UntoldDrops += count;
            _hasUntoldDrops = true;
        }
    }

    private void AddNoticeOfDrops(Subscription subscription)
    {
        if (subscription.UntoldDrops > 0)
        {
            notices.Add(
                NoticeLevel.Warning,
                $"{subscription.UntoldDrops:N0} messages for '{subscription.Filter}' were dropped, the oldest first: more than {InboxCapacity.Default} waited to be received. Receive them sooner, or have them sent with QoS 1.");
            subscription.UntoldDrops = 0;
        }
    }

    private void TellOfUnclaimed(string topic)
    {
        if (!_toldOfUnclaimed)
        {
            _toldOfUnclaimed = true;
            notices.Add(
                NoticeLevel.Warning,
                $"A message on '{topic}' arrived for a subscription of an earlier run. It is kept until it is received; while too many wait, the service sends nothing else.");
        }
    }
}
