using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives what the service tells a gateway about messages and subscriptions that it did not accept. A gateway has subscribed to that when
/// it connected. What belongs to a message of <c>Send-IoTFEvent</c> is an error record there as well.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFNotification")]
[OutputType(typeof(IoTFNotification))]
public sealed class ReceiveIoTFNotificationCommand : ReceiveIoTFCommandBase
{
    private protected override IoTFSession ChooseSession() =>
        SessionChoice.Choose(Session, static one => one.Session.Options.Identity.Role == ClientRole.Gateway, "receive notifications", "a gateway");

    private protected override SubscriptionRequest MakeRequest(ClientIdentity receiver) =>
        new(LongTopics.NotificationTopic(receiver.DeviceType!, receiver.DeviceId!), MessageKind.Notification);

    private protected override object MakeObject(ClientIdentity receiver, ReceivedMessage message) => new IoTFNotification(
        receiver.Organization, GatewayNotification.Read(message.Payload), message.Payload, message.ReceivedAt.UtcDateTime);
}
