using IoTF.Protocol.Topics;

namespace IoTF.Client.Receiving;

/// <summary>What to subscribe.</summary>
/// <param name="Filter">A topic filter that the identity may use; checked before.</param>
/// <param name="Kind">What the filter brings.</param>
public sealed record SubscriptionRequest(string Filter, MessageKind Kind);

/// <summary>One topic filter that a session has subscribed, with those who receive from it. The mailroom guards it.</summary>
public sealed class Subscription
{
    private volatile Receiver[] _receivers = [];

    internal Subscription(SubscriptionRequest request, TimeProvider clock)
    {
        Inbox = new Inbox(InboxCapacity.Default, clock);
        Filter = request.Filter;
        Kind = request.Kind;
    }

    /// <summary>The topic filter.</summary>
    public string Filter { get; }

    /// <summary>What the filter brings.</summary>
    public MessageKind Kind { get; }

    /// <summary>What arrived when nobody received it: it waits for the next who does.</summary>
    public Inbox Inbox { get; }

    /// <summary>Whether the service has granted it at some time.</summary>
    internal bool WasGranted { get; private set; }

    /// <summary>Whether the service is known to have it now.</summary>
    internal bool IsThere { get; private set; }

    /// <summary>How many connections in a row the service ended in place of answering it.</summary>
    internal int Strikes { get; set; }

    /// <summary>Whether it was given up, because the service does not grant it.</summary>
    internal bool IsRefused { get; private set; }

    /// <summary>Whether somebody is receiving from it now.</summary>
    public bool IsInUse => _receivers.Length > 0;

    /// <summary>Messages that were not taken yet.</summary>
    internal int Waiting => Inbox.Count + _receivers.Sum(static receiver => receiver.Inbox.Count);

    internal void Granted() => (WasGranted, IsThere, Strikes) = (true, true, 0);

    /// <summary>The service has forgotten it.</summary>
    internal void Forgotten() => IsThere = false;

    /// <summary>The service does not grant it: those who receive from it take what they were given, and are told why nothing more comes.</summary>
    internal void Refuse(Faults.Fault fault)
    {
        IsRefused = true;
        End(fault);
    }

    internal void Enter(Receiver receiver) => _receivers = [.. _receivers, receiver];

    /// <returns>Whether it was in.</returns>
    internal bool Leave(Receiver receiver)
    {
        var before = _receivers;
        _receivers = [.. before.Where(other => other != receiver)];
        return _receivers.Length < before.Length;
    }

    /// <summary>Finds out who gets a message that has arrived: every receiver that asked for it; if there is none, it waits.</summary>
    internal void FindTakers(string topic, List<Taker> takers)
    {
        var first = takers.Count;
        var isSetAside = false;
        foreach (var receiver in _receivers)
        {
            if (receiver.Fits(topic))
            {
                takers.Add(new Taker(this, receiver.Inbox));
            }
            else
            {
                isSetAside |= receiver.SetsAside;
            }
        }

        switch (takers.Count - first)
        {
            case 0:
                takers.Add(new Taker(this, Inbox, IsSetAside: isSetAside));
                break;
            case > 1 and var receivers:
                var audience = new Audience(receivers);
                for (var i = first; i < takers.Count; i++)
                {
                    takers[i] = takers[i] with { Audience = audience };
                }

                break;
        }
    }

    /// <summary>Takes a message that is given up elsewhere: for the first receiver that came after it and asked for it, else for the next.</summary>
    /// <returns>How many messages were dropped for it.</returns>
    internal int Accept(ReceivedMessage message)
    {
        var heir = Array.Find(_receivers, receiver => receiver.Since >= message.Number && receiver.Fits(message.Topic));
        return (heir?.Inbox ?? Inbox).Insert(message);
    }

    /// <summary>Takes everything out: what waits, and what was given to a receiver whose subscription failed.</summary>
    internal IEnumerable<ReceivedMessage> EmptyAll() => _receivers.Aggregate(
        (IEnumerable<ReceivedMessage>)Inbox.Empty(), static (all, receiver) => all.Concat(receiver.Inbox.Empty()));

    /// <summary>Wakes the receivers when there is something for them.</summary>
    internal void Announce()
    {
        foreach (var receiver in _receivers)
        {
            receiver.Inbox.Announce();
        }
    }

    /// <summary>No message will come any more.</summary>
    internal void End(Faults.Fault fault)
    {
        foreach (var receiver in _receivers)
        {
            receiver.Inbox.End(fault);
        }
    }
}

/// <summary>Where a message that has arrived goes.</summary>
/// <param name="Subscription">The subscription that brought it.</param>
/// <param name="Inbox">The inbox it is put into.</param>
/// <param name="IsSetAside">Whether it is acknowledged although nobody took it, see <see cref="Receiver"/>.</param>
/// <param name="Audience">The receivers of the subscription that get it; null when it is not several.</param>
internal readonly record struct Taker(Subscription Subscription, Inbox Inbox, bool IsSetAside = false, Audience? Audience = null);
