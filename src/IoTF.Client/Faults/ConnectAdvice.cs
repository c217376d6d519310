namespace IoTF.Client.Faults;

/// <summary>Advice for connections that ended before the service answered.</summary>
internal static class ConnectAdvice
{
    /// <summary>The service closes without CONNACK in the cases of protocol.md §3.3.</summary>
    public static string ClosedBeforeConnAck(bool secure) => secure
        ? "The service closes the connection without an answer when it does not support the MQTT version (-ProtocolVersion) or refuses the client certificate. Also check that -Port is the MQTT port."
        : "The port may require TLS: omit -Insecure. Also check that it is the MQTT port and supports the MQTT version (-ProtocolVersion).";
}
