using System.Security;
using IoTF.Protocol.Rules;
using Key = IoTF.Protocol.Credentials.ApiKey;

namespace IoTF.Client.Configuration;

/// <summary>What a source says about a connection, each value with its origin; null where it says nothing.</summary>
public sealed record ConfigurationValues
{
    /// <summary>A source that says nothing.</summary>
    public static ConfigurationValues Nothing { get; } = new();

    /// <summary>The organization or workspace id.</summary>
    public ConfigurationValue<string>? Organization { get; init; }

    /// <summary>The device type of a device or gateway.</summary>
    public ConfigurationValue<string>? DeviceType { get; init; }

    /// <summary>The device id of a device or gateway.</summary>
    public ConfigurationValue<string>? DeviceId { get; init; }

    /// <summary>The application id.</summary>
    public ConfigurationValue<string>? ApplicationId { get; init; }

    /// <summary>The instance id of a member of a scalable application, which makes it one.</summary>
    public ConfigurationValue<string>? InstanceId { get; init; }

    /// <summary>Whether the application is scalable.</summary>
    public ConfigurationValue<bool>? SharedSubscription { get; init; }

    /// <summary>The API key.</summary>
    public ConfigurationValue<string>? ApiKey { get; init; }

    /// <summary>The token of the device, or of the API key.</summary>
    public ConfigurationValue<SecureString>? Token { get; init; }

    /// <summary>What follows <c>organization.messaging.</c> in the host name.</summary>
    public ConfigurationValue<string>? Domain { get; init; }

    /// <summary>The whole host name.</summary>
    public ConfigurationValue<string>? HostName { get; init; }

    /// <summary>The TCP port, 1 to 65,535.</summary>
    public ConfigurationValue<int>? Port { get; init; }

    /// <summary>Whether MQTT goes through a WebSocket.</summary>
    public ConfigurationValue<bool>? WebSocket { get; init; }

    /// <summary>False when the source asks for plain text.</summary>
    public ConfigurationValue<bool>? Secure { get; init; }

    /// <summary>The path of a file with the authorities to trust in addition, as it is written there.</summary>
    public ConfigurationValue<string>? AuthorityFile { get; init; }

    /// <summary>Whether the session starts clean and ends with the connection. It means what it says (protocol.md §7.4: IBM's Python client inverts it).</summary>
    public ConfigurationValue<bool>? CleanSession { get; init; }

    /// <summary>How long the service keeps a MQTT 5 session.</summary>
    public ConfigurationValue<TimeSpan>? SessionExpiry { get; init; }

    /// <summary>The keep-alive; zero for none.</summary>
    public ConfigurationValue<TimeSpan>? KeepAlive { get; init; }

    /// <summary>How many messages may be sent and unacknowledged.</summary>
    public ConfigurationValue<int>? MaxInFlight { get; init; }

    /// <summary>Whether a lost connection is made again.</summary>
    public ConfigurationValue<bool>? Reconnect { get; init; }

    /// <summary>What is odd about the source, but no reason to give up; full sentences without a secret.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>
    /// This source over a weaker one: value by value, with two exceptions. Domain and host name are two ways to say one thing, so both come from the
    /// same source. A token belongs to the identity beside it, so the weaker one's is left where it is when that names another.
    /// </summary>
    /// <param name="weaker">The source that fills what this one does not say.</param>
    /// <returns>Both together.</returns>
    public ConfigurationValues Over(ConfigurationValues weaker)
    {
        var host = HostName is null && Domain is null ? weaker : this;
        var token = Token;
        IReadOnlyList<string> warnings = [.. Warnings, .. weaker.Warnings];
        if (token is null && weaker.Token is not null)
        {
            if (ContradictionTo(weaker) is { } other)
            {
                warnings = [.. warnings, $"The token from {weaker.Token.Origin} is not used: it belongs to {Quotation.Of(other.Value)} from {other.Origin}."];
            }
            else
            {
                token = weaker.Token;
            }
        }

        return new ConfigurationValues
        {
            Organization = Organization ?? weaker.Organization,
            DeviceType = DeviceType ?? weaker.DeviceType,
            DeviceId = DeviceId ?? weaker.DeviceId,
            ApplicationId = ApplicationId ?? weaker.ApplicationId,
            InstanceId = InstanceId ?? weaker.InstanceId,
            SharedSubscription = SharedSubscription ?? weaker.SharedSubscription,
            ApiKey = ApiKey ?? weaker.ApiKey,
            Token = token,
            Domain = host.Domain,
            HostName = host.HostName,
            Port = Port ?? weaker.Port,
            WebSocket = WebSocket ?? weaker.WebSocket,
            Secure = Secure ?? weaker.Secure,
            AuthorityFile = AuthorityFile ?? weaker.AuthorityFile,
            CleanSession = CleanSession ?? weaker.CleanSession,
            SessionExpiry = SessionExpiry ?? weaker.SessionExpiry,
            KeepAlive = KeepAlive ?? weaker.KeepAlive,
            MaxInFlight = MaxInFlight ?? weaker.MaxInFlight,
            Reconnect = Reconnect ?? weaker.Reconnect,
            Warnings = warnings,
        };
    }

    /// <summary>With the organization that an API key is of, where that is certain: IBM's clients know no other for an application.</summary>
    internal ConfigurationValues WithOrganizationOfKey() => Key.TryGetOrganization(ApiKey?.Value, out var organization)
        ? this with { Organization = new(organization, ApiKey!.Origin) }
        : this;

    /// <summary>The first part of the weaker source's identity that differs from this one's; null when none does.</summary>
    private ConfigurationValue<string>? ContradictionTo(ConfigurationValues weaker) =>
        Differs(ApiKey, weaker.ApiKey) ? weaker.ApiKey
        : Differs(DeviceId, weaker.DeviceId) ? weaker.DeviceId
        : Differs(DeviceType, weaker.DeviceType) ? weaker.DeviceType
        : Differs(Organization, weaker.Organization) ? weaker.Organization
        : null;

    private static bool Differs(ConfigurationValue<string>? mine, ConfigurationValue<string>? theirs) =>
        mine is not null && theirs is not null && mine.Value != theirs.Value;
}
