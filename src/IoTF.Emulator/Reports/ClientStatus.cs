using IoTF.Mqtt;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Reports;

/// <summary>What all status messages of one connection say (protocol.md §5.1).</summary>
/// <param name="Identity">Who connects.</param>
/// <param name="ClientAddress">The client's address, without the port.</param>
/// <param name="Port">The service's port.</param>
/// <param name="Secure">Whether TLS protects the connection.</param>
/// <param name="IsWebSocket">Whether MQTT is carried over WebSocket.</param>
/// <param name="Version">The version of MQTT.</param>
/// <param name="User">The API key of an application; null for others, whose user name says nothing.</param>
/// <param name="ConnectTime">When the connection was accepted.</param>
internal sealed record ClientStatus(
    ClientIdentity Identity,
    string ClientAddress,
    int Port,
    bool Secure,
    bool IsWebSocket,
    MqttVersion Version,
    string? User,
    DateTimeOffset ConnectTime)
{
    /// <summary><c>mqtt3</c>, <c>mqtt4</c> or <c>mqtt5</c>, with <c>-ws</c> over WebSocket.</summary>
    public string Protocol => Version switch
    {
        MqttVersion.V31 => "mqtt3",
        MqttVersion.V311 => "mqtt4",
        _ => "mqtt5",
    } + (IsWebSocket ? "-ws" : "");
}

/// <summary>What went over a connection; read is from the client to the service.</summary>
internal readonly record struct ConnectionCounts(long ReadBytes, long ReadMessages, long WriteBytes, long WriteMessages);
