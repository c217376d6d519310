namespace IoTF.Protocol.Rules;

/// <summary>The stable names of the rules a caller can break. They are an interface: error records and scripts refer to them.</summary>
public static class RuleId
{
    /// <summary>The organization is empty or cannot be part of a ClientId and of a host name.</summary>
    public const string InvalidOrganization = nameof(InvalidOrganization);

    /// <summary>The device type breaks the rule for the parts of a ClientId.</summary>
    public const string InvalidDeviceType = nameof(InvalidDeviceType);

    /// <summary>The device id breaks the rule for the parts of a ClientId.</summary>
    public const string InvalidDeviceId = nameof(InvalidDeviceId);

    /// <summary>The application id breaks the rule for the parts of a ClientId.</summary>
    public const string InvalidApplicationId = nameof(InvalidApplicationId);

    /// <summary>The instance id breaks the rule for the parts of a ClientId.</summary>
    public const string InvalidInstanceId = nameof(InvalidInstanceId);

    /// <summary>Quickstart knows no gateways.</summary>
    public const string QuickstartHasNoGateways = nameof(QuickstartHasNoGateways);

    /// <summary>Quickstart knows no scalable applications.</summary>
    public const string QuickstartHasNoScalableApplications = nameof(QuickstartHasNoScalableApplications);

    /// <summary>Quickstart is served in plain text only, which must be asked for.</summary>
    public const string QuickstartNeedsInsecure = nameof(QuickstartNeedsInsecure);

    /// <summary>A quickstart application must name the device it watches.</summary>
    public const string QuickstartNeedsDeviceId = nameof(QuickstartNeedsDeviceId);

    /// <summary>Quickstart takes no token and no API key.</summary>
    public const string QuickstartTakesNoCredentials = nameof(QuickstartTakesNoCredentials);

    /// <summary>Quickstart knows no persistent sessions.</summary>
    public const string QuickstartHasNoPersistentSessions = nameof(QuickstartHasNoPersistentSessions);

    /// <summary>Only a member of a scalable application that has an instance id can have a persistent session.</summary>
    public const string PersistentNeedsInstanceId = nameof(PersistentNeedsInstanceId);

    /// <summary>The domain is not the tail of a host name.</summary>
    public const string InvalidDomain = nameof(InvalidDomain);

    /// <summary>The host name is neither a DNS name nor an IP address.</summary>
    public const string InvalidHostName = nameof(InvalidHostName);

    /// <summary>The host name is that of the HTTP API, which does not speak MQTT.</summary>
    public const string HostNameIsHttpApi = nameof(HostNameIsHttpApi);

    /// <summary>The name for TLS is neither a DNS name nor an IP address.</summary>
    public const string InvalidTlsServerName = nameof(InvalidTlsServerName);

    /// <summary>The port is not between 1 and 65,535.</summary>
    public const string InvalidPort = nameof(InvalidPort);

    /// <summary>The event id is not one level of a topic name.</summary>
    public const string InvalidEventId = nameof(InvalidEventId);

    /// <summary>The command id is not one level of a topic name.</summary>
    public const string InvalidCommandId = nameof(InvalidCommandId);

    /// <summary>The format is not one level of a topic name.</summary>
    public const string InvalidFormat = nameof(InvalidFormat);

    /// <summary>The topic has more bytes than MQTT can carry.</summary>
    public const string TopicTooLong = nameof(TopicTooLong);

    /// <summary>The role may not publish to the topic.</summary>
    public const string TopicNotAllowed = nameof(TopicNotAllowed);

    /// <summary>The role may not subscribe to the filter.</summary>
    public const string FilterNotAllowed = nameof(FilterNotAllowed);

    /// <summary>The payload has more bytes than the service accepts.</summary>
    public const string PayloadTooLarge = nameof(PayloadTooLarge);

    /// <summary>The last will, the API key or the token has more bytes than the login of MQTT can carry.</summary>
    public const string LoginTooLarge = nameof(LoginTooLarge);

    /// <summary>The device token breaks the service's rule for tokens.</summary>
    public const string InvalidToken = nameof(InvalidToken);
}
