namespace IoTF.Protocol.Connecting;

/// <summary>The stable names of the ways a connect is refused. They are an interface: error records and scripts refer to them.</summary>
public static class ConnectRefusalId
{
    /// <summary>The service does not accept this client: credentials, organization or the kind of connection (protocol.md §3.3).</summary>
    public const string NotAuthorized = nameof(NotAuthorized);

    /// <summary>The ClientId is malformed or too long for the server.</summary>
    public const string ClientIdRejected = nameof(ClientIdRejected);

    /// <summary>The service cannot answer for the moment.</summary>
    public const string ServiceUnavailable = nameof(ServiceUnavailable);

    /// <summary>The server does not speak this version of MQTT.</summary>
    public const string ProtocolVersionRefused = nameof(ProtocolVersionRefused);

    /// <summary>User name or password are wrong or malformed.</summary>
    public const string CredentialsRefused = nameof(CredentialsRefused);

    /// <summary>The client is banned by the server's administrator.</summary>
    public const string Banned = nameof(Banned);

    /// <summary>The topic of the last will is refused.</summary>
    public const string WillTopicRefused = nameof(WillTopicRefused);

    /// <summary>The QoS, the retain flag or the payload of the last will is refused.</summary>
    public const string WillRefused = nameof(WillRefused);

    /// <summary>Too many connections, or too many in a short time.</summary>
    public const string QuotaExceeded = nameof(QuotaExceeded);

    /// <summary>The server names another one.</summary>
    public const string ServerMoved = nameof(ServerMoved);

    /// <summary>The server says that CONNECT breaks the protocol.</summary>
    public const string ProtocolErrorReported = nameof(ProtocolErrorReported);

    /// <summary>A code without a meaning of its own.</summary>
    public const string Refused = nameof(Refused);
}
