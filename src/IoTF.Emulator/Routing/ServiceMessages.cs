using IoTF.Emulator.Registry;
using IoTF.Mqtt;

namespace IoTF.Emulator.Routing;

/// <summary>What the service itself has to say: status messages and notifications. Their QoS is 0 (protocol.md §2.6).</summary>
internal static class ServiceMessages
{
    /// <summary>Publishes a message.</summary>
    /// <param name="organization">Where.</param>
    /// <param name="topic">The topic as applications see it.</param>
    /// <param name="payload">The payload.</param>
    /// <param name="retain">Whether it is kept for those who subscribe later.</param>
    public static void Publish(Organization organization, string topic, ReadOnlyMemory<byte> payload, bool retain)
    {
        var internalTopic = InternalTopic(organization, topic);
        var state = organization.Subscriptions.StateFor(internalTopic);
        var destinations = retain ? [] : RouteBook.FindDestinations(organization, internalTopic, []);
        var route = new Route(null, state, internalTopic, destinations);
        Distribution.Publish(organization, route, new Publication(payload, QualityOfService.AtMostOnce, Retain: retain), publisher: null);
    }

    /// <summary>Forgets what was retained for a topic.</summary>
    public static void Clear(Organization organization, string topic)
    {
        lock (organization.Retained)
        {
            organization.Retained.Clear(InternalTopic(organization, topic));
        }
    }

    private static string InternalTopic(Organization organization, string topic)
    {
        var root = topic.IndexOf('/', StringComparison.Ordinal);
        return $"{topic.AsSpan(0, root)}/{organization.Name}/{topic.AsSpan(root + 1)}";
    }
}
