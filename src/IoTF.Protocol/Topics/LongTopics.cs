using System.Diagnostics.CodeAnalysis;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Topics;

/// <summary>
/// The long topics of gateways and applications, which name the device (protocol.md §4.2, §4.3). In a filter, null stands for any.
/// A quickstart application must name the device; <see cref="TopicRules.RequireMaySubscribe"/> says so.
/// </summary>
public static class LongTopics
{
    /// <summary>The topic of an event of a device.</summary>
    /// <param name="deviceType">The device type.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="eventId">The event id.</param>
    /// <param name="format">The payload's format.</param>
    /// <returns><c>iot-2/type/deviceType/id/deviceId/evt/eventId/fmt/format</c>.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string Event(string deviceType, string deviceId, string eventId, string format) => TopicNames.RequireFitting(
        $"{Device(deviceType, deviceId)}/evt/{TopicNames.RequireEventId(eventId)}/fmt/{TopicNames.RequireFormat(format)}");

    /// <summary>The topic of a command to a device.</summary>
    /// <param name="deviceType">The device type.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="commandId">The command id.</param>
    /// <param name="format">The payload's format.</param>
    /// <returns><c>iot-2/type/deviceType/id/deviceId/cmd/commandId/fmt/format</c>.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string Command(string deviceType, string deviceId, string commandId, string format) => TopicNames.RequireFitting(
        $"{Device(deviceType, deviceId)}/cmd/{TopicNames.RequireCommandId(commandId)}/fmt/{TopicNames.RequireFormat(format)}");

    /// <summary>The filter for events.</summary>
    /// <param name="deviceType">The device type, or null for any.</param>
    /// <param name="deviceId">The device id, or null for any.</param>
    /// <param name="eventId">The event id, or null for any.</param>
    /// <param name="format">The format, or null for any.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string EventFilter(string? deviceType, string? deviceId, string? eventId, string? format) => TopicNames.RequireFitting(
        $"{DeviceFilter(deviceType, deviceId)}/evt/{(eventId is null ? "+" : TopicNames.RequireEventId(eventId))}/fmt/{FormatFilter(format)}");

    /// <summary>The filter for commands.</summary>
    /// <param name="deviceType">The device type, or null for any.</param>
    /// <param name="deviceId">The device id, or null for any.</param>
    /// <param name="commandId">The command id, or null for any.</param>
    /// <param name="format">The format, or null for any.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string CommandFilter(string? deviceType, string? deviceId, string? commandId, string? format) => TopicNames.RequireFitting(
        $"{DeviceFilter(deviceType, deviceId)}/cmd/{(commandId is null ? "+" : TopicNames.RequireCommandId(commandId))}/fmt/{FormatFilter(format)}");

    /// <summary>The filter for the connection status of devices and gateways.</summary>
    /// <param name="deviceType">The device type, or null for any.</param>
    /// <param name="deviceId">The device id, or null for any.</param>
    /// <returns>The filter; a topic when both are given.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string StatusFilter(string? deviceType, string? deviceId) => $"{DeviceFilter(deviceType, deviceId)}/mon";

    /// <summary>The filter for the connection status of applications.</summary>
    /// <param name="applicationId">The application id, or null for any.</param>
    /// <returns>The filter; a topic when the id is given.</returns>
    /// <exception cref="RuleException">The id is not legal.</exception>
    public static string ApplicationStatusFilter(string? applicationId) =>
        $"iot-2/app/{(applicationId is null ? "+" : IdentityRules.RequireApplicationId(applicationId))}/mon";

    /// <summary>The topic on which a gateway is told what the service refused (protocol.md §4.7).</summary>
    /// <param name="deviceType">The device type of the gateway.</param>
    /// <param name="deviceId">The device id of the gateway.</param>
    /// <returns><c>iot-2/type/deviceType/id/deviceId/notify</c>.</returns>
    /// <exception cref="RuleException">A part is not legal.</exception>
    public static string NotificationTopic(string deviceType, string deviceId) => $"{Device(deviceType, deviceId)}/notify";

    /// <summary>Reads which single device a topic or filter is about, whatever its root and its kind.</summary>
    /// <param name="topicOrFilter">The topic or filter as gateways and applications say it.</param>
    /// <param name="deviceType">The device type, or null.</param>
    /// <param name="deviceId">The device id, or null.</param>
    /// <returns>False when it names no device, or a wildcard stands for a part of its name.</returns>
    public static bool TryGetDevice(string topicOrFilter, [NotNullWhen(true)] out string? deviceType, [NotNullWhen(true)] out string? deviceId)
    {
        ArgumentNullException.ThrowIfNull(topicOrFilter);
        if (topicOrFilter.Split('/', 6) is [_, "type", not "+" and var type, "id", not "+" and var id, _])
        {
            (deviceType, deviceId) = (type, id);
            return true;
        }

        deviceType = deviceId = null;
        return false;
    }

    private static string Device(string deviceType, string deviceId) =>
        $"iot-2/type/{IdentityRules.RequireDeviceType(deviceType)}/id/{IdentityRules.RequireDeviceId(deviceId)}";

    private static string DeviceFilter(string? deviceType, string? deviceId) =>
        $"iot-2/type/{(deviceType is null ? "+" : IdentityRules.RequireDeviceType(deviceType))}/id/{(deviceId is null ? "+" : IdentityRules.RequireDeviceId(deviceId))}";

    private static string FormatFilter(string? format) => format is null ? "+" : TopicNames.RequireFormat(format);
}
