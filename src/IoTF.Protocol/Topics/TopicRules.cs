using IoTF.Protocol.Authorization;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Topics;

/// <summary>Who may publish and subscribe to what (protocol.md §4.1 to §4.5).</summary>
public static class TopicRules
{
    private static readonly TopicPattern[] DevicePublish = TopicPattern.PublishTable(
        "iot-2/evt/~/fmt/~",
        "iotdevice-1/response",
        "iotdevice-1/notify",
        "iotdevice-1/device/update/~",
        "iotdevice-1/add/~/~",
        "iotdevice-1/clear/~/~",
        "iotdevice-1/mgmt/~");

    private static readonly TopicPattern[] DeviceSubscribe = TopicPattern.SubscribeTable(
        "iot-2/cmd/+/fmt/+",
        "iotdm-1/*",
        "iot-2/mon",
        "iot-2/notify");

    private static readonly TopicPattern[] GatewayPublish = TopicPattern.PublishTable(
        "iot-2/type/~/id/~/evt/~/fmt/~",
        "iotdevice-1/type/~/id/~/response",
        "iotdevice-1/type/~/id/~/notify",
        "iotdevice-1/type/~/id/~/device/update/~",
        "iotdevice-1/type/~/id/~/add/~/~",
        "iotdevice-1/type/~/id/~/clear/~/~",
        "iotdevice-1/type/~/id/~/mgmt/~");

    // The documentation lets gateways watch the status of devices, the server's own table does not; the documentation is followed (protocol.md §4.2).
    private static readonly TopicPattern[] GatewaySubscribe = TopicPattern.SubscribeTable(
        "iot-2/type/+/id/+/cmd/+/fmt/+",
        "iot-2/type/+/id/+/notify",
        "iot-2/type/+/id/+/response",
        "iot-2/type/+/id/+/mon",
        "iotdm-1/*",
        "iot-2/mon");

    private static readonly TopicPattern[] ApplicationPublish = TopicPattern.PublishTable(
        "iot-2/type/~/id/~/evt/~/fmt/~",
        "iot-2/type/~/id/~/cmd/~/fmt/~");

    private static readonly TopicPattern[] ApplicationSubscribe = TopicPattern.SubscribeTable(
        "iot-2/type/+/id/+/evt/+/fmt/+",
        "iot-2/type/+/id/+/cmd/+/fmt/+",
        "iot-2/type/+/id/+/mon",
        "iot-2/app/+/mon",
        "iot-2/type/+/id/+/intf/+/evt/state",
        "iot-2/thing/type/+/id/+/intf/+/evt/state",
        "iot-2/type/+/id/+/err/data",
        "iot-2/thing/type/+/id/+/err/data",
        "iot-2/intf/+/rule/+/evt/trigger",
        "iot-2/intf/+/rule/+/err/data");

    private static readonly TopicPattern[] QuickstartDevicePublish = TopicPattern.PublishTable(
        "iot-2/evt/~/fmt/json",
        "iot-dm/client/request/~/fmt/~",
        "iot-dm/server/response/~/fmt/~");

    private static readonly TopicPattern[] QuickstartApplicationPublish = TopicPattern.PublishTable("iot-2/type/~/id/~/evt/~/fmt/~");

    private static readonly TopicPattern[] QuickstartApplicationSubscribe = TopicPattern.SubscribeTable(
        "iot-2/type/+/id/~/evt/+/fmt/+",
        "iot-2/type/+/id/~/mon",
        "iot-2/app/~/mon");

    /// <summary>Whether a client may publish to a topic; a last will follows the same rules (protocol.md §2.6).</summary>
    /// <param name="client">Who publishes.</param>
    /// <param name="topic">The topic as the client sends it.</param>
    /// <param name="permissions">What the client's role allows; a client itself does not know it and leaves it out.</param>
    /// <returns>The verdict.</returns>
    public static TopicVerdict MayPublish(ClientIdentity client, string topic, TopicPermissions permissions = TopicPermissions.All)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(topic);
        return TopicSyntax.IsServiceTopic(topic) ? Judge(topic, PublishTable(client), permissions) : JudgeMalformed(topic);
    }

    /// <summary>Whether a client may subscribe to, or unsubscribe from, a filter.</summary>
    /// <param name="client">Who subscribes.</param>
    /// <param name="filter">The filter as the client sends it.</param>
    /// <param name="permissions">What the client's role allows; a client itself does not know it and leaves it out.</param>
    /// <returns>The verdict.</returns>
    public static TopicVerdict MaySubscribe(ClientIdentity client, string filter, TopicPermissions permissions = TopicPermissions.All)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(filter);
        return TopicSyntax.IsServiceFilter(filter) ? Judge(filter, SubscribeTable(client), permissions) : JudgeMalformed(filter);
    }

    /// <summary>Says that a client may not publish to a topic, before the service closes the connection for it.</summary>
    /// <param name="client">Who publishes.</param>
    /// <param name="topic">The topic.</param>
    /// <exception cref="RuleException"><see cref="RuleId.TopicNotAllowed"/>.</exception>
    public static void RequireMayPublish(ClientIdentity client, string topic)
    {
        if (MayPublish(client, topic) == TopicVerdict.Allowed)
        {
            return;
        }

        var advice = client switch
        {
            { IsQuickstart: true, Role: ClientRole.Device } => "Send events in the format json: quickstart takes nothing else from a device.",
            { IsQuickstart: true } => "Send events only: quickstart has no commands.",
            { Role: ClientRole.Device } => "A device sends events of its own; use a gateway or an application to speak for another device.",
            { Role: ClientRole.Gateway } => "A gateway sends events and names the device; commands are sent by applications.",
            _ => "An application sends events and commands and names the device.",
        };
        throw new RuleException(RuleId.TopicNotAllowed, "Topic", $"{client.ClientId} may not publish to {Quotation.Of(topic)}.", advice);
    }

    /// <summary>Says that a client may not subscribe to a filter, before the service closes the connection for it.</summary>
    /// <param name="client">Who subscribes.</param>
    /// <param name="filter">The filter.</param>
    /// <exception cref="RuleException"><see cref="RuleId.QuickstartNeedsDeviceId"/> or <see cref="RuleId.FilterNotAllowed"/>.</exception>
    public static void RequireMaySubscribe(ClientIdentity client, string filter)
    {
        if (MaySubscribe(client, filter) == TopicVerdict.Allowed)
        {
            return;
        }

        if (client is { IsQuickstart: true, Role: ClientRole.Application } && LacksOnlyConcreteId(filter))
        {
            throw new RuleException(
                RuleId.QuickstartNeedsDeviceId,
                filter.StartsWith("iot-2/app/", StringComparison.Ordinal) ? "ApplicationId" : "DeviceId",
                $"Quickstart lets an application watch what it can name, and {Quotation.Of(filter)} names no single id.",
                "Give the id of the device (or application) to watch.");
        }

        var advice = client switch
        {
            { IsQuickstart: true, Role: ClientRole.Device } => "Quickstart devices receive nothing; use an organization of your own for commands.",
            { IsQuickstart: true } => "Quickstart applications receive events and status of a named device only.",
            { Role: ClientRole.Device } => "A device receives its own commands only; events are received by applications.",
            { Role: ClientRole.Gateway } => "A gateway receives commands and notifications; events are received by applications.",
            _ => "An application receives events, commands and status, with + for what may vary and never #.",
        };
        throw new RuleException(RuleId.FilterNotAllowed, "Topic", $"{client.ClientId} may not subscribe to {Quotation.Of(filter)}.", advice);
    }

    private static bool LacksOnlyConcreteId(string filter) =>
        TopicSyntax.IsServiceFilter(filter)
        && Judge(filter, ApplicationSubscribe, TopicPermissions.All) == TopicVerdict.Allowed
        && MessageTopic.TryParse(filter.Replace("+", "any", StringComparison.Ordinal), out var topic)
        && topic.Kind is MessageKind.Event or MessageKind.DeviceStatus or MessageKind.ApplicationStatus;

    private static TopicPattern[] PublishTable(ClientIdentity client) => (client.Role, client.IsQuickstart) switch
    {
        (ClientRole.Device, false) => DevicePublish,
        (ClientRole.Device, true) => QuickstartDevicePublish,
        (ClientRole.Gateway, false) => GatewayPublish,
        (ClientRole.Application, true) => QuickstartApplicationPublish,
        (ClientRole.Application or ClientRole.ScalableApplication, false) => ApplicationPublish,
        _ => [],
    };

    private static TopicPattern[] SubscribeTable(ClientIdentity client) => (client.Role, client.IsQuickstart) switch
    {
        (ClientRole.Device, false) => DeviceSubscribe,
        (ClientRole.Gateway, false) => GatewaySubscribe,
        (ClientRole.Application, true) => QuickstartApplicationSubscribe,
        (ClientRole.Application or ClientRole.ScalableApplication, false) => ApplicationSubscribe,
        _ => [],
    };

    private static TopicVerdict Judge(ReadOnlySpan<char> topic, TopicPattern[] table, TopicPermissions permissions)
    {
        Span<Range> ranges = stackalloc Range[TopicPattern.MaximumLevels];
        var levels = ranges[..topic.Split(ranges, '/')];
        foreach (var pattern in table)
        {
            if ((pattern.Needs & ~permissions) == 0 && pattern.Matches(topic, levels))
            {
                return TopicVerdict.Allowed;
            }
        }

        return JudgeMalformed(topic);
    }

    private static TopicVerdict JudgeMalformed(ReadOnlySpan<char> topic) =>
        topic.StartsWith("$SYS") && (topic.Length == 4 || topic[4] == '/') ? TopicVerdict.SystemTopic : TopicVerdict.TopicNotAllowed;
}
