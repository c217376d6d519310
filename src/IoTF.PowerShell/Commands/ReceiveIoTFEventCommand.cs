using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Receives the events of devices, as an application.</summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFEvent")]
[OutputType(typeof(IoTFEvent))]
public sealed class ReceiveIoTFEventCommand : ReceiveIoTFMessageCommandBase
{
    /// <summary>Only events with this id.</summary>
    [Parameter(Position = 0)]
    public string? EventId { get; set; }

    private protected override IoTFSession ChooseSession() =>
        SessionChoice.Choose(Session, static one => one.Session.Options.Identity.IsApplication, "receive events", "an application");

    private protected override SubscriptionRequest MakeRequest(ClientIdentity receiver) =>
        new(LongTopics.EventFilter(DeviceType, DeviceId, EventId, Format), MessageKind.Event);

    private protected override object MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        var topic = ParseTopic(message.Topic);
        return new IoTFEvent(
            receiver.Organization,
            topic.DeviceType,
            topic.DeviceId,
            topic.Name ?? "",
            topic.Format ?? "",
            message.Payload,
            (int)message.QualityOfService,
            message.Retain,
            message.Duplicate,
            message.ReceivedAt.UtcDateTime,
            message.Topic);
    }
}
