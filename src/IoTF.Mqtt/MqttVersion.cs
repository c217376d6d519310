namespace IoTF.Mqtt;

/// <summary>The versions of MQTT that the service speaks (protocol.md §2.3). The value is the protocol level of the CONNECT packet.</summary>
public enum MqttVersion : byte
{
    /// <summary>MQTT 3.1 (<c>MQIsdp</c>).</summary>
    V31 = 3,

    /// <summary>MQTT 3.1.1.</summary>
    V311 = 4,

    /// <summary>MQTT 5.0.</summary>
    V5 = 5,
}
