using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>One message on its way to one client. It never carries the retain flag, which the service clears (protocol.md §2.6).</summary>
internal sealed class Delivery(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties)
    : OutboundMessage(topic, payload, qualityOfService)
{
    public PublishProperties? Properties { get; } = properties;
}
