using IoTF.Mqtt;

namespace IoTF.PowerShell.Parameters;

/// <summary>The versions of MQTT as scripts write and read them.</summary>
internal static class ProtocolVersions
{
    internal const string V31 = "3.1";
    internal const string V311 = "3.1.1";
    internal const string V5 = "5.0";

    /// <summary>A version in words.</summary>
    internal static string Name(MqttVersion version) => version switch
    {
        MqttVersion.V31 => V31,
        MqttVersion.V5 => V5,
        _ => V311,
    };

    /// <summary>The version of a name that the parameter's set of values let through.</summary>
    internal static MqttVersion Parse(string name) => name switch
    {
        V31 => MqttVersion.V31,
        V5 => MqttVersion.V5,
        _ => MqttVersion.V311,
    };
}
