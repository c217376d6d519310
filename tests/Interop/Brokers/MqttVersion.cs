namespace IoTF.Tests.Interop.Brokers;

/// <summary>A version of MQTT that Mosquitto's clients speak.</summary>
public enum MqttVersion
{
    V31,
    V311,
    V5,
}
