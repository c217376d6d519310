using IoTF.Mqtt;

namespace IoTF.Emulator.Routing;

/// <summary>What a client was granted for one filter.</summary>
/// <param name="QualityOfService">The highest QoS it receives.</param>
/// <param name="NoLocal">MQTT 5: not what it publishes itself (MQTT-5.0 §3.8.3.1).</param>
/// <param name="RetainAsPublished">MQTT 5: messages keep the retain flag that they were published with (MQTT-5.0 §3.8.3.1).</param>
internal readonly record struct Grant(QualityOfService QualityOfService, bool NoLocal, bool RetainAsPublished = false)
{
    /// <summary>Several filters of one client that match the same message deliver it once, with the highest QoS (MQTT-3.1.1 §3.3.5).</summary>
    public Grant Combine(Grant other) => new(
        QualityOfService > other.QualityOfService ? QualityOfService : other.QualityOfService,
        NoLocal && other.NoLocal,
        RetainAsPublished || other.RetainAsPublished);
}
