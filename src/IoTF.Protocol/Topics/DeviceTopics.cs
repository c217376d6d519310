using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Topics;

/// <summary>The short topics of a device, which name neither type nor id (protocol.md §4.1).</summary>
public static class DeviceTopics
{
    /// <summary>The filter for all commands to the device, whatever their id and format.</summary>
    public const string AllCommands = "iot-2/cmd/+/fmt/+";

    /// <summary>The filter for all requests and answers of device management.</summary>
    public const string AllDeviceManagement = "iotdm-1/#";

    /// <summary>The topic a device publishes an event to.</summary>
    /// <param name="eventId">The event id.</param>
    /// <param name="format">The payload's format, such as <see cref="Formats.Json"/>.</param>
    /// <returns><c>iot-2/evt/eventId/fmt/format</c>.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string Event(string eventId, string format) =>
        TopicNames.RequireFitting($"iot-2/evt/{TopicNames.RequireEventId(eventId)}/fmt/{TopicNames.RequireFormat(format)}");

    /// <summary>The topic on which a device sees a command.</summary>
    /// <param name="commandId">The command id.</param>
    /// <param name="format">The payload's format.</param>
    /// <returns><c>iot-2/cmd/commandId/fmt/format</c>.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string Command(string commandId, string format) =>
        TopicNames.RequireFitting($"iot-2/cmd/{TopicNames.RequireCommandId(commandId)}/fmt/{TopicNames.RequireFormat(format)}");

    /// <summary>The filter for some of the commands to the device.</summary>
    /// <param name="commandId">The command id, or null for any.</param>
    /// <param name="format">The format, or null for any.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string CommandFilter(string? commandId, string? format) => TopicNames.RequireFitting(
        $"iot-2/cmd/{(commandId is null ? "+" : TopicNames.RequireCommandId(commandId))}/fmt/{(format is null ? "+" : TopicNames.RequireFormat(format))}");
}
