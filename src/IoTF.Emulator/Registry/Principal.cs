using System.Text;
using IoTF.Emulator.Refusals;
using IoTF.Protocol.Authorization;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Registry;

/// <summary>A client whose credentials were right, and what it may do (protocol.md §3.4, §4). It stays the same while the client is connected.</summary>
internal sealed record Principal
{
    public required ClientIdentity Identity { get; init; }

    public required Organization Organization { get; init; }

    /// <summary>What the token of a device or gateway was compared with; null for others.</summary>
    public DeviceRegistration? Registration { get; init; }

    /// <summary>The API key of an application; null for devices, gateways and quickstart.</summary>
    public string? ApiKey { get; init; }

    public TopicPermissions Permissions { get; init; } = TopicPermissions.All;

    /// <summary>The devices it may act for; null for those of the whole organization.</summary>
    public string? ResourceGroup { get; init; }

    /// <summary>Whether a device it speaks for is registered when it is not yet (protocol.md §4.7).</summary>
    public bool RegistersDevices { get; init; }

    /// <summary>Whether it was registered anew since it gave its token, with another one.</summary>
    public bool IsOutdated =>
        Registration is not null && !ReferenceEquals(Organization.FindDevice(Identity.DeviceType!, Identity.DeviceId!), Registration);

    /// <summary>Whether it may be sent a message on a topic, which has waited for an earlier client of the same session.</summary>
    /// <param name="topic">The topic as it sees it.</param>
    public bool MaySee(string topic) =>
        TopicRules.MaySubscribe(Identity, topic, Permissions) == TopicVerdict.Allowed
        && (ResourceGroup is null || Organization.Shows(topic, Identity, ResourceGroup));

    /// <summary>Whether it may publish to a topic.</summary>
    /// <param name="topic">The topic as it sends it.</param>
    /// <param name="register">Whether a device that the topic names is registered on the way, where the client may do that.</param>
    /// <returns>Why not; null when it may.</returns>
    public CloseReason? JudgePublish(string topic, bool register) => !IsWellFormed(topic)
        ? CloseReason.TopicNotAllowed
        : TopicRules.MayPublish(Identity, topic, Permissions) switch
        {
            TopicVerdict.Allowed => JudgeDevice(topic, register),
            TopicVerdict.SystemTopic => CloseReason.SystemTopic,
            _ => CloseReason.TopicNotAllowed,
        };

    /// <summary>Whether it may subscribe to a filter. A filter for a single device registers it, where the client may do that.</summary>
    /// <param name="filter">The filter as it sends it.</param>
    /// <param name="register">As for <see cref="JudgePublish"/>.</param>
    /// <returns>Why not; null when it may.</returns>
    public CloseReason? JudgeSubscribe(string filter, bool register) => !IsWellFormed(filter) || filter.AsSpan().Count('/') >= MaximumLevels
        ? CloseReason.FilterNotAllowed
        : TopicRules.MaySubscribe(Identity, filter, Permissions) switch
        {
            TopicVerdict.Allowed => JudgeDevice(filter, register),
            TopicVerdict.SystemTopic => CloseReason.SystemTopic,
            _ => CloseReason.FilterNotAllowed,
        };

    // The longest filters of the service have ten levels; 32,000 fit into a SUBSCRIBE, and each takes memory.
    private const int MaximumLevels = 32;

    // The decoder puts U+FFFD where bytes were not UTF-8, which makes a topic a bad one (protocol.md §4.5).
    private static bool IsWellFormed(string topic) => !topic.Contains((char)Rune.ReplacementChar.Value);

    /// <summary>Whether it may act for the device that a topic or filter names, if it names one.</summary>
    private CloseReason? JudgeDevice(string topic, bool register)
    {
        if (Identity.Role == ClientRole.Device
            || (Identity.IsApplication && ResourceGroup is null)
            || !LongTopics.TryGetDevice(topic, out var deviceType, out var deviceId)
            || (deviceType == Identity.DeviceType && deviceId == Identity.DeviceId))
        {
            return null;
        }

        if (Organization.FindDevice(deviceType, deviceId) is { } device)
        {
            return device.IsIn(ResourceGroup) ? null : CloseReason.NotAuthorized;
        }

        if (!RegistersDevices)
        {
            return CloseReason.NotAuthorized;
        }

        if (!IdentityRules.IsPart(deviceType) || !IdentityRules.IsPart(deviceId))
        {
            return CloseReason.RegistrationFailed;
        }

        var registration = new DeviceRegistration(ClientRole.Device) { ResourceGroup = ResourceGroup, RegisteredBy = Identity.ClientId };
        return !register || Organization.TryRegisterBehindGateway(deviceType, deviceId, registration) ? null : CloseReason.RegistrationFailed;
    }
}
