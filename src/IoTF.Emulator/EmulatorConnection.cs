using IoTF.Mqtt;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator;

/// <summary>One open connection of the local service, as it was when it was asked for.</summary>
public sealed record EmulatorConnection
{
    /// <summary>The ClientId of CONNECT.</summary>
    public required string ClientId { get; init; }

    /// <summary>What the client is to the service.</summary>
    public required ClientRole Role { get; init; }

    /// <summary>The client's address and port.</summary>
    public required string RemoteAddress { get; init; }

    /// <summary>Whether the connection is secured with TLS.</summary>
    public required bool Secure { get; init; }

    /// <summary>Whether MQTT travels in a WebSocket.</summary>
    public required bool WebSocket { get; init; }

    /// <summary>The version of MQTT that is spoken.</summary>
    public required MqttVersion Version { get; init; }

    /// <summary>When the client was let in, UTC.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>Bytes received from the client.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Bytes sent to the client.</summary>
    public required long BytesSent { get; init; }

    /// <summary>Filters the client is subscribed to.</summary>
    public required int Subscriptions { get; init; }

    /// <summary>Messages sent to the client that it has not acknowledged.</summary>
    public required int InFlight { get; init; }

    /// <summary>Messages that wait to be sent to the client.</summary>
    public required int Queued { get; init; }

    /// <summary>Messages that were dropped because too many waited, or because they waited too long, since the session began.</summary>
    public required long Dropped { get; init; }
}
