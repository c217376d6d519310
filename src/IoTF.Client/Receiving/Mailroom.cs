using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Topics;

namespace IoTF.Client.Receiving;

/// <summary>Sorts what arrives into the inboxes of the subscriptions that want it.</summary>
internal sealed class Mailroom(Notices notices, TimeProvider clock)
{
    private readonly object _gate = new();

    /// <summary>What no subscription of this process wants: left over from an earlier run of a persistent session.</summary>
    private readonly Inbox _unclaimed = new(capacity: 0, clock);

    /// <summary>Filters that were subscribed and are no more. The service still delivers what it had queued for them.</summary>
    private readonly HashSet<string> _retired = [];
    private Subscription[] _subscriptions = [];
    private long _count;
    private bool _toldOfUnclaimed;
    private bool _toldOfDropped;
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

    public int Waiting => _unclaimed.Count + _subscriptions.Sum(subscription => subscription.Inbox.Count);

    public long Dropped => _subscriptions.Sum(subscription => subscription.Inbox.Dropped);

    public void Add(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions, subscription];
            _retired.Remove(subscription.Filter);
            if (_ended is not null)
            {
                subscription.Inbox.End(_ended);
            }

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
            foreach (var message in subscription.Inbox.Empty())
            {
                if (!message.IsShared && Array.Find(_subscriptions, other => TopicFilter.Matches(other.Filter, message.Topic)) is { } heir)
                {
                    heir.Inbox.Insert(message);
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

    /// <summary>Puts a message where it is wanted.</summary>
    /// <returns>False when nobody wants it and nothing is lost by forgetting it.</returns>
    public bool Sort(InboundMessage message, DateTimeOffset receivedAt)
    {
        lock (_gate)
        {
            var takers = 0;
            Subscription? first = null;
            foreach (var subscription in _subscriptions)
            {
                if (TopicFilter.Matches(subscription.Filter, message.Topic))
                {
                    first ??= subscription;
                    takers++;
                }
            }

            var number = ++_count;
            switch (takers)
            {
                case 0 when message.QualityOfService == QualityOfService.AtMostOnce || IsRetired(message.Topic):
                    return false;
                case 0:
                    _unclaimed.Add(new ReceivedMessage(message, number, receivedAt, Exchange, copies: null));
                    TellOfUnclaimed(message.Topic);
                    return true;
                case 1:
                    Put(first!, new ReceivedMessage(message, number, receivedAt, Exchange, copies: null));
                    return true;
                default:
                    var copies = new ReceivedMessage.Copies(takers);
                    foreach (var subscription in _subscriptions)
                    {
                        if (TopicFilter.Matches(subscription.Filter, message.Topic))
                        {
                            Put(subscription, new ReceivedMessage(message, number, receivedAt, Exchange, copies));
                        }
                    }

                    return true;
            }
        }
    }

    public void Announce()
    {
        foreach (var subscription in _subscriptions)
        {
            subscription.Inbox.Announce();
        }
    }

    public void End(Fault fault)
    {
        lock (_gate)
        {
            _ended ??= fault;
            foreach (var subscription in _subscriptions)
            {
                subscription.Inbox.End(fault);
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

    private void Put(Subscription subscription, ReceivedMessage message)
    {
        if (subscription.Inbox.Add(message) && !_toldOfDropped)
        {
            _toldOfDropped = true;
            notices.Add(
                NoticeLevel.Warning,
                $"More than {Subscription.InboxCapacity:N0} messages of QoS 0 wait for '{subscription.Filter}': the oldest are dropped. Receive them faster, or have them sent with QoS 1.");
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
