using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;

namespace IoTF.Protocol.Connecting;

/// <summary>What is known about a connect that was refused; it holds no secret.</summary>
public sealed record ConnectRefusalContext
{
    /// <summary>The return code (MQTT 3.1, 3.1.1) or reason code (MQTT 5) of CONNACK.</summary>
    public required byte Code { get; init; }

    /// <summary>True when the code is a reason code of MQTT 5.</summary>
    public bool IsMqtt5 { get; init; }

    /// <summary>Who wanted to connect.</summary>
    public required ClientIdentity Identity { get; init; }

    /// <summary>Where to.</summary>
    public required ServiceEndpoint Endpoint { get; init; }

    /// <summary>True when a session that outlives the connection was asked for.</summary>
    public bool Persistent { get; init; }

    /// <summary>True when CONNECT carried a user name and a password.</summary>
    public bool HasCredentials { get; init; }

    /// <summary>True when a client certificate was presented.</summary>
    public bool HasClientCertificate { get; init; }

    /// <summary>The server's own words (the reason string of MQTT 5), or null.</summary>
    public string? ServerReason { get; init; }

    /// <summary>The server that the client is to use (the server reference of MQTT 5), or null.</summary>
    public string? ServerReference { get; init; }
}
