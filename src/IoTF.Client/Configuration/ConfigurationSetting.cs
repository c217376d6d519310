namespace IoTF.Client.Configuration;

/// <summary>What a key is about.</summary>
internal enum ConfigurationSetting
{
    /// <summary>Known to IBM's clients and without a meaning here.</summary>
    Unused,

    /// <summary>Known to IBM's clients, and here only as a parameter.</summary>
    ParameterOnly,

    Organization,
    DeviceType,
    DeviceId,
    ApplicationId,
    InstanceId,
    SharedSubscription,

    /// <summary><c>standalone</c> or <c>shared</c>.</summary>
    ApplicationType,

    ApiKey,
    Token,

    /// <summary><c>token</c> or <c>apikey</c>.</summary>
    AuthenticationMethod,

    Domain,
    HostName,
    Port,

    /// <summary><c>tcp</c> or <c>websockets</c>.</summary>
    Transport,

    WebSocket,
    Secure,
    AuthorityFile,
    CleanSession,
    SessionExpiry,
    KeepAlive,
    MaxInFlight,
    Reconnect,
    LogLevel,
}
