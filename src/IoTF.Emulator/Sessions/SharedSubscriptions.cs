using IoTF.Emulator.Refusals;
using IoTF.Emulator.Routing;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Sessions;

/// <summary>The shared subscriptions of all organizations, by the service's names for them, which begin with the organization.</summary>
internal sealed class SharedSubscriptions(EmulatorOptions options, RefusalLog refusals)
{
    private readonly Dictionary<string, SharedSubscription> _byName = new(StringComparer.Ordinal);

    /// <summary>All there are; a copy.</summary>
    public SharedSubscription[] All
    {
        get
        {
            lock (_byName)
            {
                return [.. _byName.Values];
            }
        }
    }

    /// <summary>The one of a name; null when it has no members.</summary>
    public SharedSubscription? Find(string name)
    {
        lock (_byName)
        {
            return _byName.GetValueOrDefault(name);
        }
    }

    /// <summary>Makes a member of a scalable application share a filter with the others.</summary>
    /// <returns>What it shares; null for a client whose subscriptions are its own.</returns>
    public SharedSubscription? Join(Session session, string internalFilter, Grant grant)
    {
        if (session.Identity.Role != ClientRole.ScalableApplication)
        {
            return null;
        }

        var name = TopicMap.SharedSubscription(session.Identity, TopicMap.FromInternal(session.Identity, internalFilter))!;

        lock (_byName)
        {
            if (!_byName.TryGetValue(name, out var shared))
            {
                shared = new SharedSubscription(
                    name,
                    internalFilter,
                    session.Identity,
                    options,
                    session.Organization.Memory,
                    () => refusals.AddOverflow(clientId: null, Quotation.Of(name)));
                _byName.Add(name, shared);

                // Which QoS and retain flag a message has is decided when it is handed to a member.
                session.Organization.Subscriptions.Set(internalFilter, shared, new Grant(QualityOfService.ExactlyOnce, NoLocal: false, RetainAsPublished: true));
            }

            shared.Join(session, grant);

            // A member may see what others do not.
            session.Organization.Subscriptions.Invalidate();
            return shared;
        }
    }

    /// <summary>Ends a membership, and the subscription with its last member.</summary>
    public void Leave(Session session, SharedSubscription shared)
    {
        lock (_byName)
        {
            if (shared.Leave(session))
            {
                _byName.Remove(shared.Name);
                session.Organization.Subscriptions.Remove(shared.InternalFilter, shared);
            }
            else
            {
                session.Organization.Subscriptions.Invalidate();
            }
        }
    }
}
