using IoTF.Client.Receiving;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Selections;

/// <summary>The connection status of devices and gateways, or of applications, for an application.</summary>
/// <param name="request">Whose.</param>
internal sealed class StatusSelection(SubscriptionRequest request) : Selection
{
    /// <summary>The status of devices and gateways.</summary>
    /// <param name="deviceType">Only of this type; null for all.</param>
    /// <param name="deviceId">Only with this id; null for all.</param>
    public static StatusSelection OfDevices(string? deviceType, string? deviceId) =>
        new(new SubscriptionRequest(LongTopics.StatusFilter(deviceType, deviceId), MessageKind.DeviceStatus));

    /// <summary>The status of applications.</summary>
    /// <param name="applicationId">Only with this id; null for all.</param>
    public static StatusSelection OfApplications(string? applicationId) =>
        new(new SubscriptionRequest(LongTopics.ApplicationStatusFilter(applicationId), MessageKind.ApplicationStatus));

    public override IoTFSession ChooseSession(object? wanted) =>
        SessionChoice.Choose(wanted, static one => one.Session.Options.Identity.IsApplication, "receive status", "an application");

    public override SubscriptionRequest MakeRequest(ClientIdentity receiver) => request;

    public override EventArgs? MakeObject(ClientIdentity receiver, ReceivedMessage message)
    {
        // An empty one only clears what the service had kept (protocol.md §5).
        if (message.Payload.Length == 0)
        {
            return null;
        }

        var topic = ParseTopic(message.Topic);
        Seen.Note(MessageKind.DeviceStatus, topic.DeviceType, topic.DeviceId);
        return new IoTFStatus(
            receiver.Organization,
            topic.DeviceType,
            topic.DeviceId,
            topic.ApplicationId,
            StatusReport.Read(message.Payload),
            message.Payload,
            message.Retain,
            message.ReceivedAt.UtcDateTime,
            message.Topic);
    }
}
