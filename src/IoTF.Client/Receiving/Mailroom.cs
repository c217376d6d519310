using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Topics;

namespace IoTF.Client.Receiving;

/// <summary>Sorts what arrives into the inboxes of the subscriptions that want it.</summary>
internal sealed class Mailroom(ReceivingNotices notices, TimeProvider clock)
{
    private readonly object _gate = new();

    /// <summary>What no subscription of this process wants: left over from an earlier run of a persistent session.</summary>
    private readonly Inbox _unclaimed = new(default, clock);

    /// <summary>Filters that were subscribed and are no more. The service still delivers what it had queued for them.</summary>
    private readonly HashSet<string> _retired = [];

    /// <summary>Those of them that a kept session still has at the service, as far as is known.</summary>
    private readonly HashSet<string> _leftOver = [];

    /// <summary>Those who get the message that is being sorted; kept, because there is one after the other.</summary>
    private readonly List<Taker> _takers = [];
    private Subscription[] _subscriptions = [];
    private long _count;
    private Fault? _ended;

    /// <summary>The exchange that messages are acknowledged to; set once, before anything arrives.</summary>
    public Exchange Exchange { get; set; } = null!;

    public IReadOnlyList<Subscription> Subscriptions => _subscriptions;

    /// <summary>Filters that are wanted no more and that the service still has, as far as is known.</summary>
    public IReadOnlyList<string> LeftOver
    {
        get
        {
            lock (_gate)
            {
                return [.. _leftOver];
            }
        }
    }

    public int Waiting => _unclaimed.Count + _subscriptions.Sum(subscription => subscription.Waiting);

    /// <summary>Messages that were dropped here.</summary>
    public long Dropped => notices.Dropped;

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
            _leftOver.Remove(subscription.Filter);
            foreach (var message in _unclaimed.Empty())
            {
                (TopicFilter.Matches(subscription.Filter, message.Topic) ? subscription.Inbox : _unclaimed).Add(message);
            }
        }
    }

    /// <summary>The service has ended subscriptions that were left over.</summary>
    public void Ended(IEnumerable<string> filters)
    {
        lock (_gate)
        {
            _leftOver.ExceptWith(filters);
        }
    }

    /// <summary>The service has forgotten the session, and all subscriptions with it.</summary>
    public void Forgotten()
    {
        lock (_gate)
        {
            _leftOver.Clear();
            foreach (var subscription in _subscriptions)
            {
                subscription.Forgotten();
            }
        }
    }

    /// <summary>The service does not grant a subscription. Those who receive from it take what they were given, and are told why nothing more comes.</summary>
    public void Refuse(Subscription subscription, Fault fault)
    {
        List<ReceivedMessage> unwanted;
        lock (_gate)
        {
            _subscriptions = [.. _subscriptions.Where(other => other != subscription)];
            subscription.Refuse(fault);
            unwanted = subscription.IsInUse ? [] : [.. subscription.Inbox.Empty()];
        }

        notices.TellOfRefusal(fault);
        foreach (var message in unwanted)
        {
            message.Consume();
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
            _leftOver.Add(subscription.Filter);
            foreach (var message in subscription.EmptyAll())
            {
                if (!message.IsShared && Array.Find(_subscriptions, other => TopicFilter.Matches(other.Filter, message.Topic)) is { } heir)
                {
                    notices.CountDropped(heir.Filter, heir.Accept(message));
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
            notices.TellOfUnclaimed(message.Topic);
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
                if (!receiver.Subscription.IsRefused && (message.IsReturned || message.Audience is not { } audience || audience.GiveUp()))
                {
                    notices.CountDropped(receiver.Subscription.Filter, receiver.Subscription.Accept(message));
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

    /// <summary>The service has sent as many messages as it does before the first is acknowledged.</summary>
    public void TellOfHeldBack(int count)
    {
        if (!Array.Exists(_subscriptions, static subscription => subscription.IsInUse))
        {
            notices.TellOfHeldBack(count);
        }
    }

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

            notices.CountDropped(taker.Subscription.Filter, taker.Inbox.Add(received));
        }

        return unread > 0;
    }
}
