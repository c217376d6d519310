using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>One message on its way to one client. Its retain flag says that it was retained before the client subscribed (MQTT-3.1.1 §3.3.1.3).</summary>
internal sealed class Delivery(
    string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, SharedSubscription? source = null, bool retain = false)
    : OutboundMessage(topic, payload, qualityOfService, retain)
{
    public PublishProperties? Properties { get; } = properties;

    /// <summary>The bytes of memory that it takes.</summary>
    public long Cost { get; } = MessageCost.Of(topic, payload.Length, properties);

    /// <summary>The shared subscription that it goes back to when its client goes without acknowledging it; null for a client's own.</summary>
    public SharedSubscription? Source { get; } = source;

    /// <summary>Since when it waits, as a timestamp of the clock; 0 when it never had to.</summary>
    public long WaitingSince { get; set; }

    /// <summary>The same message, not sent yet.</summary>
    public Delivery Again() => new(Topic, Payload, QualityOfService, Properties, retain: Retain) { WaitingSince = WaitingSince };
}
