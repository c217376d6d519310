using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives commands: a device's own, those of a gateway and of the devices behind it, or those that an application watches. Devices and
/// gateways have subscribed to theirs when they connected, so nothing is missed; applications begin to watch with the first call.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFCommand")]
[OutputType(typeof(IoTFCommand))]
public sealed class ReceiveIoTFCommandCommand : ReceiveIoTFMessageCommandBase
{
    /// <summary>Only commands with this id.</summary>
    [Parameter(Position = 0)]
    public string? CommandId { get; set; }

    private protected override IoTFSession ChooseSession()
    {
        // A device or a gateway is meant where there is one: an application only looks on.
        var ownOnly = Session is null && DeviceType is null && DeviceId is null
            && SessionPool.Current.All.Any(static one => one.IsUsable && !one.Session.Options.Identity.IsApplication);
        return ownOnly
            ? SessionChoice.Choose(Session, static one => !one.Session.Options.Identity.IsApplication, "receive its own commands", "a device or a gateway")
            : SessionChoice.Choose(Session, MayReceive, "receive commands", "an application, a gateway or the device itself");
    }

    private bool MayReceive(IoTFSession session) => session.Session.Options.Identity is var identity
        && (Session is not null || identity.Role != ClientRole.Device || IsOwn(identity));

    private bool IsOwn(ClientIdentity device) => (DeviceType ?? device.DeviceType) == device.DeviceType && (DeviceId ?? device.DeviceId) == device.DeviceId;

    private protected override SubscriptionRequest MakeRequest(ClientIdentity receiver) => new(
        receiver.Role == ClientRole.Device ? MakeOwnFilter(receiver) : LongTopics.CommandFilter(DeviceType, DeviceId, CommandId, Format), MessageKind.Command);

    private protected override object MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        var topic = ParseTopic(message.Topic);
        return new IoTFCommand(
            receiver.Organization,
            topic.DeviceType ?? receiver.DeviceType,
            topic.DeviceId ?? receiver.DeviceId,
            topic.Name ?? "",
            topic.Format ?? "",
            message.Payload,
            (int)message.QualityOfService,
            message.Retain,
            message.Duplicate,
            message.ReceivedAt.UtcDateTime,
            message.Topic);
    }

    private string MakeOwnFilter(ClientIdentity receiver) => IsOwn(receiver)
        ? DeviceTopics.CommandFilter(CommandId, Format)
        : throw Refuse(
            ErrorIds.RoleCannot,
            $"{receiver.ClientId} is a device and receives its own commands only.",
            "Leave out -DeviceType and -DeviceId, or watch the commands of other devices as an application.");
}
