namespace IoTF.Mqtt;

/// <summary>The MQTT quality of service of one message (MQTT-3.1.1 §4.3).</summary>
public enum QualityOfService : byte
{
    /// <summary>Sent once and forgotten: 0.</summary>
    AtMostOnce = 0,

    /// <summary>Repeated until acknowledged, so it may arrive twice: 1.</summary>
    AtLeastOnce = 1,

    /// <summary>Arrives exactly once while both ends keep the session: 2.</summary>
    ExactlyOnce = 2,
}
