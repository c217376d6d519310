using IoTF.Client.Receiving;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Selections;

/// <summary>Commands: a device's own, those of a gateway and of the devices behind it, or those that an application watches.</summary>
/// <param name="commandId">Only commands with this id; null for all.</param>
/// <param name="deviceType">Only commands for devices of this type; null for all.</param>
/// <param name="deviceId">Only commands for devices with this id; null for all.</param>
/// <param name="format">Only commands with this format word; null for all.</param>
internal sealed class CommandSelection(string? commandId, string? deviceType, string? deviceId, string? format) : Selection
{
    public override IoTFSession ChooseSession(object? wanted)
    {
        // A device or a gateway is meant where there is one: an application only looks on.
        var ownOnly = wanted is null && deviceType is null && deviceId is null
            && SessionPool.Current.All.Any(static one => one.IsUsable && !one.Session.Options.Identity.IsApplication);
        return ownOnly
            ? SessionChoice.Choose(wanted, static one => !one.Session.Options.Identity.IsApplication, "receive its own commands", "a device or a gateway")
            : SessionChoice.Choose(wanted, one => MayReceive(one, wanted), "receive commands", "an application, a gateway or the device itself");
    }

    public override SubscriptionRequest MakeRequest(ClientIdentity receiver) => new(
        receiver.Role == ClientRole.Device ? MakeOwnFilter(receiver) : LongTopics.CommandFilter(deviceType, deviceId, commandId, format), MessageKind.Command);

    public override EventArgs MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        var topic = ParseTopic(message.Topic);
        var (type, id) = (topic.DeviceType ?? receiver.DeviceType, topic.DeviceId ?? receiver.DeviceId);
        Seen.Note(MessageKind.Command, type, id, topic.Name, topic.Format);
        return new IoTFCommand(
            receiver.Organization,
            type,
            id,
            topic.Name ?? "",
            topic.Format ?? "",
            message.Payload,
            (int)message.QualityOfService,
            message.Retain,
            message.Duplicate,
            message.ReceivedAt.UtcDateTime,
            message.Topic);
    }

    private bool MayReceive(IoTFSession session, object? wanted) => session.Session.Options.Identity is var identity
        && (wanted is not null || identity.Role != ClientRole.Device || IsOwn(identity));

    private bool IsOwn(ClientIdentity device) => (deviceType ?? device.DeviceType) == device.DeviceType && (deviceId ?? device.DeviceId) == device.DeviceId;

    private string MakeOwnFilter(ClientIdentity receiver) => IsOwn(receiver)
        ? DeviceTopics.CommandFilter(commandId, format)
        : throw new IoTFException(
            ErrorIds.RoleCannot,
            $"{receiver.ClientId} is a device and receives only its own commands.",
            "Omit -DeviceType and -DeviceId, or watch the commands of other devices as an application.");
}
