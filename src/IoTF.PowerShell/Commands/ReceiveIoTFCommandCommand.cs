using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Receives commands: a device's own, or those that an application watches.</summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFCommand")]
[OutputType(typeof(IoTFCommand))]
public sealed class ReceiveIoTFCommandCommand : ReceiveIoTFCommandBase
{
    /// <summary>Only commands with this id.</summary>
    [Parameter(Position = 0)]
    public string? CommandId { get; set; }

    private protected override IoTFSession ChooseSession()
    {
        return Session is null && DeviceType is null && DeviceId is null
            ? SessionChoice.Choose(Session, static one => !one.Session.Options.Identity.IsApplication, "receive its own commands", "a device or a gateway")
            : SessionChoice.Choose(Session, static _ => true, "receive commands", "a device, a gateway or an application");
    }

    private protected override SubscriptionRequest MakeRequest(ClientIdentity receiver)
    {
        // Validates what was asked for, whatever the role.
        var asked = LongTopics.CommandFilter(DeviceType, DeviceId, CommandId, Format);
        return new SubscriptionRequest(
            receiver.Role switch
            {
                ClientRole.Device => DeviceTopics.AllCommands,
                ClientRole.Gateway => LongTopics.CommandFilter(deviceType: null, deviceId: null, commandId: null, format: null),
                _ => asked,
            },
            MessageKind.Command);
    }

    private protected override Func<MessageTopic, bool>? MakeFilter(ClientIdentity receiver)
    {
        if (receiver.IsApplication || (CommandId ?? Format ?? DeviceType ?? DeviceId) is null)
        {
            return null;
        }

        return topic => (CommandId is null || topic.Name == CommandId)
            && (Format is null || topic.Format == Format)
            && (DeviceType is null || (topic.DeviceType ?? receiver.DeviceType) == DeviceType)
            && (DeviceId is null || (topic.DeviceId ?? receiver.DeviceId) == DeviceId);
    }

    private protected override IoTFMessage MakeMessage(ClientIdentity receiver, in MessageTopic topic, ReceivedMessage message) => new IoTFCommand(
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
