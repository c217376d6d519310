using IoTF.Protocol.Identities;

namespace IoTF.Protocol.Topics;

/// <summary>
/// The way between what a client says and the one name space inside the service: after the first level comes the organization, and for a device
/// its type and id, so that <c>iot-2/evt/s/fmt/json</c> of <c>d:abc123:pump:p-001</c> is <c>iot-2/abc123/type/pump/id/p-001/evt/s/fmt/json</c>
/// (protocol.md §4.5). It expects what <see cref="TopicRules"/> allows.
/// </summary>
public static class TopicMap
{
    /// <summary>The internal name of a topic that a client publishes to.</summary>
    /// <param name="publisher">Who publishes.</param>
    /// <param name="topic">The topic as the client sends it.</param>
    /// <returns>The internal topic.</returns>
    public static string ToInternal(ClientIdentity publisher, string topic)
    {
        ArgumentNullException.ThrowIfNull(publisher);
        ArgumentNullException.ThrowIfNull(topic);
        return Insert(publisher, topic);
    }

    /// <summary>
    /// The internal form of a filter that a client subscribes to, without any sharing. A gateway's <c>iotdm-1/#</c> becomes
    /// <c>iotdm-1/organization/type/+/id/+/#</c> (protocol.md §4.2).
    /// </summary>
    /// <param name="subscriber">Who subscribes.</param>
    /// <param name="filter">The filter as the client sends it.</param>
    /// <returns>The internal filter.</returns>
    public static string FilterToInternal(ClientIdentity subscriber, string filter)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(filter);
        return Insert(subscriber, EffectiveFilter(subscriber, filter));
    }

    /// <summary>The filter the service works with, still in the client's words: a gateway's <c>iotdm-1/#</c> is <c>iotdm-1/type/+/id/+/#</c>.</summary>
    /// <param name="subscriber">Who subscribes.</param>
    /// <param name="filter">The filter as the client sends it.</param>
    /// <returns>The filter that takes effect.</returns>
    public static string EffectiveFilter(ClientIdentity subscriber, string filter)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        return subscriber.Role == ClientRole.Gateway && filter == DeviceTopics.AllDeviceManagement ? "iotdm-1/type/+/id/+/#" : filter;
    }

    /// <summary>The name a receiver sees for an internal topic: the organization is gone, and a device sees the short form.</summary>
    /// <param name="receiver">Who receives; of the organization that the topic belongs to.</param>
    /// <param name="internalTopic">The internal topic.</param>
    /// <returns>The topic in the PUBLISH to the receiver.</returns>
    public static string FromInternal(ClientIdentity receiver, string internalTopic)
    {
        ArgumentNullException.ThrowIfNull(receiver);
        ArgumentNullException.ThrowIfNull(internalTopic);

        // root/organization/rest, or for a device root/organization/type/T/id/D/rest.
        var levelsToDrop = receiver.Role == ClientRole.Device ? 5 : 1;
        var root = internalTopic.IndexOf('/', StringComparison.Ordinal);
        var cut = root;
        for (var dropped = 0; dropped < levelsToDrop && cut >= 0; dropped++)
        {
            cut = internalTopic.IndexOf('/', cut + 1);
        }

        return cut < 0
            ? throw new ArgumentException($"'{internalTopic}' is not an internal topic of {receiver.ClientId}.", nameof(internalTopic))
            : string.Concat(internalTopic.AsSpan(0, root), internalTopic.AsSpan(cut));
    }

    /// <summary>
    /// The name of the subscription that the members of a scalable application share (protocol.md §2.5). Members with and without an instance id
    /// are on different ones, even for the same filter.
    /// </summary>
    /// <param name="subscriber">Who subscribes.</param>
    /// <param name="filter">The filter as the client sends it.</param>
    /// <returns>The name, or null for a client whose subscriptions are its own.</returns>
    public static string? SharedSubscription(ClientIdentity subscriber, string filter)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        ArgumentNullException.ThrowIfNull(filter);
        if (subscriber.Role != ClientRole.ScalableApplication)
        {
            return null;
        }

        var group = $"{subscriber.Organization}:{subscriber.ApplicationId}";
        var internalFilter = FilterToInternal(subscriber, filter);
        return subscriber.InstanceId is null
            ? $"$SharedSubscription/{group}:{filter.Replace('/', ':')}/{internalFilter}"
            : $"$share/{group}/{internalFilter}";
    }

    private static string Insert(ClientIdentity client, string topic)
    {
        var root = topic.IndexOf('/', StringComparison.Ordinal);
        if (root <= 0)
        {
            throw new ArgumentException($"The topic '{topic}' has no second level, so it has no internal name.", nameof(topic));
        }

        var rest = topic.AsSpan(root + 1);
        return client.Role == ClientRole.Device
            ? $"{topic.AsSpan(0, root)}/{client.Organization}/type/{client.DeviceType}/id/{client.DeviceId}/{rest}"
            : $"{topic.AsSpan(0, root)}/{client.Organization}/{rest}";
    }
}
