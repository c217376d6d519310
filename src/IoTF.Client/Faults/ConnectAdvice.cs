namespace IoTF.Client.Faults;

/// <summary>Advice for connections that ended before the service answered.</summary>
internal static class ConnectAdvice
{
    /// <summary>The service closes without CONNACK in the cases of protocol.md §3.3.</summary>
    public static string ClosedBeforeConnAck(bool secure) => secure
        ? "The service closes without an answer when it does not speak the MQTT version (-ProtocolVersion) or refuses the client certificate. Also check that -Port is the MQTT port."
        : "The port may demand TLS: connect without -Insecure. Also check that it is the MQTT port and speaks the MQTT version (-ProtocolVersion).";
}
