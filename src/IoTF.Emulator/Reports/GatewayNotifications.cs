using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Protocol.Topics;

namespace IoTF.Emulator.Reports;

/// <summary>Tells a gateway what was refused although its connection stays (protocol.md §4.7).</summary>
internal sealed class GatewayNotifications(TimeProvider clock)
{
    /// <summary>A message was dropped.</summary>
    public void PublishRefused(Principal gateway, string topic, CloseReason reason) => Notify(gateway, "Publish", topic, reason);

    /// <summary>A subscription was not granted.</summary>
    public void SubscribeRefused(Principal gateway, string filter, CloseReason reason) => Notify(gateway, "Subscribe", filter, reason);

    private void Notify(Principal gateway, string request, string topic, CloseReason reason)
    {
        var payload = JsonDocuments.Write(json =>
        {
            json.WriteString("Request", request);
            json.WriteString("Time", JsonDocuments.TimeOf(clock.GetUtcNow()));
            json.WriteString("Topic", topic);
            if (LongTopics.TryGetDevice(topic, out var deviceType, out var deviceId))
            {
                json.WriteString("Type", deviceType);
                json.WriteString("Id", deviceId);
            }

            json.WriteString("Client", gateway.Identity.ClientId);
            json.WriteNumber("RC", reason.Code);
            json.WriteString("Message", reason.Words);
        });
        ServiceMessages.Publish(
            gateway.Organization,
            LongTopics.NotificationTopic(gateway.Identity.DeviceType!, gateway.Identity.DeviceId!),
            payload,
            retain: false);
    }
}
