using IoTF.Emulator;
using IoTF.PowerShell.Parameters;

namespace IoTF.PowerShell.Emulation;

/// <summary>One client of the local service, as it was when it was asked for.</summary>
public sealed class IoTFEmulatorConnection
{
    internal IoTFEmulatorConnection(EmulatorConnection connection)
    {
        ClientId = connection.ClientId;
        Role = connection.Role.ToString();
        RemoteAddress = connection.RemoteAddress;
        Secure = connection.Secure;
        WebSocket = connection.WebSocket;
        ProtocolVersion = ProtocolVersions.Name(connection.Version);
        ConnectedAt = connection.ConnectedAt.UtcDateTime;
        BytesReceived = connection.BytesReceived;
        BytesSent = connection.BytesSent;
        Subscriptions = connection.Subscriptions;
        InFlight = connection.InFlight;
        Queued = connection.Queued;
        Dropped = connection.Dropped;
    }

    /// <summary>The ClientId.</summary>
    public string ClientId { get; }

    /// <summary><c>Device</c>, <c>Gateway</c>, <c>Application</c> or <c>ScalableApplication</c>.</summary>
    public string Role { get; }

    /// <summary>The client's address and port.</summary>
    public string RemoteAddress { get; }

    /// <summary>Whether TLS protects it.</summary>
    public bool Secure { get; }

    /// <summary>Whether MQTT travels in a WebSocket.</summary>
    public bool WebSocket { get; }

    /// <summary>The version of MQTT.</summary>
    public string ProtocolVersion { get; }

    /// <summary>When the client was let in, UTC.</summary>
    public DateTime ConnectedAt { get; }

    /// <summary>Bytes received from the client.</summary>
    public long BytesReceived { get; }

    /// <summary>Bytes sent to the client.</summary>
    public long BytesSent { get; }

    /// <summary>Filters the client is subscribed to.</summary>
    public int Subscriptions { get; }

    /// <summary>Messages sent to the client that it has not acknowledged.</summary>
    public int InFlight { get; }

    /// <summary>Messages that wait to be sent to the client.</summary>
    public int Queued { get; }

    /// <summary>Messages dropped because too many waited, or because they waited too long.</summary>
    public long Dropped { get; }
}
