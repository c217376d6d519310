using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Selections;

/// <summary>What the service tells a gateway about messages and subscriptions that it did not accept.</summary>
internal sealed class NotificationSelection : Selection
{
    public override IoTFSession ChooseSession(object? wanted) =>
        SessionChoice.Choose(wanted, static one => one.Session.Options.Identity.Role == ClientRole.Gateway, "receive notifications", "a gateway");

    public override SubscriptionRequest MakeRequest(ClientIdentity receiver) =>
        new(LongTopics.NotificationTopic(receiver.DeviceType!, receiver.DeviceId!), MessageKind.Notification);

    public override EventArgs MakeObject(ClientIdentity receiver, ReceivedMessage message) => new IoTFNotification(
        receiver.Organization, GatewayNotification.Read(message.Payload), message.Payload, message.ReceivedAt.UtcDateTime);
}
