using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Sessions;

/// <summary>
/// One filter that the members of a scalable application share (protocol.md §2.5): each message goes to one of them, in turn over those that
/// are connected and have room. What none can take waits here, for whoever has room first. Its gate is taken before a member's outbox, never
/// the other way round.
/// </summary>
internal sealed class SharedSubscription : IReceiver
{
    private readonly object _gate = new();
    private readonly List<(Session Session, Grant Grant)> _members = [];
    private readonly DeliveryQueue _queue;
    private readonly Congestion _congestion;
    private int _turn;
    private QualityOfService _highest;

    public SharedSubscription(string name, string internalFilter, ClientIdentity identity, EmulatorOptions options, MemoryBudget memory, Action overflowing)
    {
        Name = name;
        InternalFilter = internalFilter;
        Identity = identity;
        _queue = new DeliveryQueue(options.SharedQueueLength, options.QueueBytes, memory, options.EventLifetime, options.Clock) { Overflowing = overflowing };
        _congestion = new Congestion(_queue, options);
    }

    /// <summary>What the service calls it.</summary>
    public string Name { get; }

    public string InternalFilter { get; }

    /// <summary>A member's identity: all of them see the same topics.</summary>
    public ClientIdentity Identity { get; }

    private bool AnyoneIsThere => _members.Exists(static member => member.Session.Outbox.IsAttached);

    /// <summary>A client becomes a member, or is granted another QoS.</summary>
    public void Join(Session session, Grant grant)
    {
        lock (_gate)
        {
            var index = _members.FindIndex(member => member.Session == session);
            if (index < 0)
            {
                _members.Add((session, grant));
            }
            else
            {
                _members[index] = (session, grant);
            }

            _highest = _members.Max(static member => member.Grant.QualityOfService);
            session.Outbox.PullFrom(this);
            Pump();
        }
    }

    /// <summary>A member receives nothing from here any more; others take over.</summary>
    /// <returns>Whether it was the last one.</returns>
    public bool Leave(Session session)
    {
        lock (_gate)
        {
            _members.RemoveAll(member => member.Session == session);
            session.Outbox.StopPullingFrom(this);
            if (_members.Count == 0)
            {
                _queue.Clear();
                _congestion.Relieve();
                return true;
            }

            _highest = _members.Max(static member => member.Grant.QualityOfService);
            Pump();
            RelieveIfNobodyIsThere();
            return false;
        }
    }

    public bool Deliver(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, bool retain)
    {
        lock (_gate)
        {
            if (_queue.Count == 0 && TryHandOut(topic, payload, qualityOfService, properties, waitingSince: 0, retain))
            {
                return true;
            }

            // As with a client's own subscription: QoS 0 is nothing that waits for somebody to come back.
            var kept = qualityOfService < _highest ? qualityOfService : _highest;
            var anyoneIsThere = AnyoneIsThere;
            if (anyoneIsThere || (kept != QualityOfService.AtMostOnce && _members.Count > 0))
            {
                _queue.Add(new Delivery(topic, payload, kept, properties, retain: retain));
                Pump();
            }

            return !anyoneIsThere || !_congestion.HoldsBack;
        }
    }

    /// <inheritdoc/>
    public bool Sees(string topic)
    {
        lock (_gate)
        {
            return !IsForNobody(topic);
        }
    }

    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            return AnyoneIsThere ? _congestion.WaitForRoomAsync() : Task.CompletedTask;
        }
    }

    /// <summary>A member has room.</summary>
    public void OnRoom()
    {
        lock (_gate)
        {
            Pump();
        }
    }

    /// <summary>A member's connection has ended.</summary>
    public void OnMemberGone()
    {
        lock (_gate)
        {
            RelieveIfNobodyIsThere();
        }
    }

    /// <summary>A member's session has ended: the others get what it did not acknowledge.</summary>
    /// <param name="unacknowledged">Its messages, oldest first.</param>
    public void Return(IEnumerable<Delivery> unacknowledged)
    {
        lock (_gate)
        {
            if (_members.Count > 0)
            {
                _queue.PutBack(unacknowledged);
                Pump();
            }
        }
    }

    /// <summary>Looks, from time to time, whether what waits still moves, and forgets what waited too long.</summary>
    public void LookForProgress()
    {
        lock (_gate)
        {
            Pump();
            _congestion.LookForProgress(AnyoneIsThere);
        }
    }

    /// <summary>What waits, put there again after a restart.</summary>
    public void Restore(IEnumerable<Delivery> waiting)
    {
        lock (_gate)
        {
            _queue.PutBack(waiting);
        }
    }

    /// <summary>QoS 1 and 2 messages that wait; a copy.</summary>
    public Delivery[] Waiting()
    {
        lock (_gate)
        {
            return [.. _queue.Waiting.Where(static delivery => delivery.QualityOfService != QualityOfService.AtMostOnce)];
        }
    }

    /// <summary>What a user sees of it.</summary>
    public EmulatorSharedSubscription Snapshot()
    {
        lock (_gate)
        {
            return new EmulatorSharedSubscription
            {
                Name = Name,
                Members = [.. _members.Select(static member => member.Session.Identity.ClientId)],
                Queued = _queue.Count,
                Dropped = _queue.Dropped,
            };
        }
    }

    private void Pump()
    {
        // What no member may see any more must not stand in the way of the rest.
        while (_queue.TryPeek(out var next)
            && (TryHandOut(next.Topic, next.Payload, next.QualityOfService, next.Properties, next.WaitingSince, next.Retain)
                || IsForNobody(next.Topic)))
        {
            _queue.RemoveFirst();
        }

        _congestion.OnTaken();
    }

    // A method of its own, so that a closure is made only where it is asked.
    private bool IsForNobody(string topic) => !_members.Exists(member => member.Session.Sees(topic));

    private bool TryHandOut(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, long waitingSince, bool retain)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            var index = (_turn + i) % _members.Count;
            var (session, grant) = _members[index];
            var granted = qualityOfService < grant.QualityOfService ? qualityOfService : grant.QualityOfService;
            if (session.Sees(topic)
                && session.Outbox.TrySend(topic, payload, granted, properties, this, waitingSince, retain && grant.RetainAsPublished))
            {
                _turn = index + 1;
                return true;
            }
        }

        return false;
    }

    private void RelieveIfNobodyIsThere()
    {
        if (!AnyoneIsThere)
        {
            _congestion.Relieve();
        }
    }
}
