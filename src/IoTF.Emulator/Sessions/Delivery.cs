using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>One message on its way to one client. Its retain flag says that it was retained before the client subscribed (MQTT-3.1.1 §3.3.1.3).</summary>
internal sealed class Delivery(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, bool retain = false)
    : OutboundMessage(topic, payload, qualityOfService, retain)
{
    public PublishProperties? Properties { get; } = properties;
}
