using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Emulator.Sessions;

/// <summary>One message on its way to one client. It never carries the retain flag, which the service clears (protocol.md §2.6).</summary>
internal sealed class Delivery(
    string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, PublishProperties? properties, SharedSubscription? source = null)
    : OutboundMessage(topic, payload, qualityOfService)
{
    public PublishProperties? Properties { get; } = properties;

    /// <summary>The shared subscription that it goes back to when its client goes without acknowledging it; null for a client's own.</summary>
    public SharedSubscription? Source { get; } = source;

    /// <summary>Since when it waits, as a timestamp of the clock; 0 when it never had to.</summary>
    public long WaitingSince { get; set; }

    /// <summary>The same message, not sent yet.</summary>
    public Delivery Again() => new(Topic, Payload, QualityOfService, Properties) { WaitingSince = WaitingSince };
}
