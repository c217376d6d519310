using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Selections;

/// <summary>Events of devices, for an application.</summary>
/// <param name="eventId">Only events with this id; null for all.</param>
/// <param name="deviceType">Only events of devices of this type; null for all.</param>
/// <param name="deviceId">Only events of devices with this id; null for all.</param>
/// <param name="format">Only events with this format word; null for all.</param>
internal sealed class EventSelection(string? eventId, string? deviceType, string? deviceId, string? format) : Selection
{
    public override IoTFSession ChooseSession(object? wanted) =>
        SessionChoice.Choose(wanted, static one => one.Session.Options.Identity.IsApplication, "receive events", "an application");

    public override SubscriptionRequest MakeRequest(ClientIdentity receiver) =>
        new(LongTopics.EventFilter(deviceType, deviceId, eventId, format), MessageKind.Event);

    public override EventArgs MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        var topic = ParseTopic(message.Topic);
        Seen.Note(MessageKind.Event, topic.DeviceType, topic.DeviceId, topic.Name, topic.Format);
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
