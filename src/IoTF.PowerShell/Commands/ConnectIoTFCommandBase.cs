using System.Management.Automation;
using System.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTF.Client.Connecting;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Payloads;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>What all cmdlets share that connect: who, where, how securely, and how the session is to be.</summary>
public abstract partial class ConnectIoTFCommandBase : IoTFCommandBase
{
    /// <summary>QoS 2 messages in flight unless <c>-MaxInFlight</c> is given: brokers commonly refuse more (Mosquitto's <c>max_inflight_messages</c> is 20).</summary>
    private const int ExactlyOnceInFlight = 20;

    /// <summary>The organization: six characters at the public service, the workspace id in Maximo installations.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Org", "OrgId")]
    [ValidateNotNullOrEmpty]
    public string? Organization { get; set; }

    /// <summary>The authentication token, as a SecureString. The password of a piped credential, as <c>Get-Secret</c> emits it, is one.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("Password")]
    [SecretTransformation]
    public SecureString? Token { get; set; }

    /// <summary>The token as the password of a credential.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Credential]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>The whole host name, in place of the one made from organization and domain.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? HostName { get; set; }

    /// <summary>What follows <c>&lt;organization&gt;.messaging.</c> in the host name.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? Domain { get; set; }

    /// <summary>The TCP port. Default: 8883, or 1883 with <c>-Insecure</c>.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateRange(1, 65535)]
    public int? Port { get; set; }

    /// <summary>Connects in plain text: credentials and data can be read and changed on the way.</summary>
    [Parameter]
    public SwitchParameter Insecure { get; set; }

    /// <summary>
    /// Certificate authorities that are trusted in addition, for this session only: paths or certificates. An authority that another one issued is trusted
    /// by itself.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNull]
    public object? CACertificate { get; set; }

    /// <summary>
    /// The name that TLS sends (SNI) and expects in the server's certificate, for a server that is reached through a tunnel or by its address. Default: the
    /// host name.
    /// </summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? TlsServerName { get; set; }

    /// <summary>Whether the server's certificate is checked for revocation; not unless asked for.</summary>
    [Parameter]
    public X509RevocationMode RevocationMode { get; set; } = X509RevocationMode.NoCheck;

    /// <summary>The TLS version. Default: 1.2, which the service requires.</summary>
    [Parameter]
    [ValidateSet("1.2", "1.3")]
    public string TlsVersion { get; set; } = "1.2";

    /// <summary>The version of MQTT; 3.1.1 unless given.</summary>
    [Parameter]
    [ValidateSet(ProtocolVersions.V31, ProtocolVersions.V311, ProtocolVersions.V5)]
    public string ProtocolVersion { get; set; } = ProtocolVersions.V311;

    /// <summary>Lets the service keep the session, with what it has not delivered yet, while the client is away.</summary>
    [Parameter]
    public SwitchParameter Persistent { get; set; }

    /// <summary>
    /// The longest silence before the client asks whether the service is still there. Default: 60 seconds; 0 for never, 65,535 seconds
    /// at most. Whole seconds, as MQTT counts it (MQTT-3.1.1 §3.1.2.10); parts of one are rounded up.
    /// </summary>
    [Parameter]
    [TimeoutTransformation(MaximumSeconds = ushort.MaxValue)]
    public TimeSpan KeepAlive { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>The time limit of connecting. Default: 30 seconds.</summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the first connection is tried again when what is in the way may pass. Default: 0 s.</summary>
    [Parameter]
    [TimeoutTransformation]
    public TimeSpan RetryConnect { get; set; }

    /// <summary>How many messages may be sent and unacknowledged; 10 for devices, 100 for gateways and applications unless given.</summary>
    [Parameter]
    [ValidateRange(1, 65535)]
    public int? MaxInFlight { get; set; }

    /// <summary>Ends the session when its connection is lost, in place of making the connection again.</summary>
    [Parameter]
    public SwitchParameter NoReconnect { get; set; }

    /// <summary>The longest wait before the first try to make a lost connection again; doubled for each further try. Default: 1 s.</summary>
    [Parameter]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan ReconnectDelay { get; set; } = ReconnectOptions.Default.FirstDelay;

    /// <summary>The longest wait between two attempts. Default: 60 seconds.</summary>
    [Parameter]
    [TimeoutTransformation(AllowZero = false)]
    public TimeSpan MaxReconnectDelay { get; set; } = ReconnectOptions.Default.LongestDelay;

    /// <summary>The id of the event that the service sends in the client's name when its connection ends without DISCONNECT: the last will.</summary>
    [Parameter]
    [ValidateNotNull]
    [AllowEmptyString]
    public string? WillEvent { get; set; }

    /// <summary>The payload of the last will, as <c>-Data</c> of <c>Send-IoTFEvent</c>. Default: an empty object.</summary>
    [Parameter]
    [AllowNull]
    public object? WillData { get; set; }

    /// <summary>The format word of the last will. Default: <c>json</c>, or <c>bin</c> for bytes.</summary>
    [Parameter]
    public string? WillFormat { get; set; }

    /// <summary>The QoS of the last will. Default: 1.</summary>
    [Parameter]
    [ValidateRange(0, 2)]
    public int WillQoS { get; set; } = 1;

    /// <summary>Replaces an open session of the same identity that has other options, or that has the same name at another service.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    /// <summary>A name for <c>-Session</c>. Default: the ClientId.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    private protected override object? ErrorTarget => CurrentIdentity?.ClientId;

    private ClientIdentity? CurrentIdentity { get; set; }

    private protected abstract ClientIdentity MakeIdentity();

    /// <summary>Whether an API key was given beside a token.</summary>
    private protected virtual bool HasApiKey => false;

    /// <summary>The topic of the last will, by the role's rules for publishing (protocol.md §2.6).</summary>
    private protected abstract string MakeWillTopic(ClientIdentity identity, string eventId, string format);

    /// <summary>The user name of the role (protocol.md §3.1), given the one of <c>-Credential</c>.</summary>
    private protected abstract string MakeUserName(string? credentialUserName);

    /// <summary>What is subscribed at connect, so that nothing is missed before the first receive.</summary>
    private protected abstract IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity);

    /// <summary>Whether a client without a token and a certificate is refused before anything is sent.</summary>
    private protected virtual bool NeedsToken(ClientIdentity identity) => true;

    /// <summary>Who connects where, and how: what parameters, configuration file and environment say together.</summary>
    internal SessionOptions Prepare()
    {
        CurrentIdentity = null;
        using var configured = Configure();
        _clientCertificate = ReadCertificate();
        CurrentIdentity = MakeIdentity();
        RequireNamed(CurrentIdentity);
        return MakeOptions(CurrentIdentity);
    }

    private SessionOptions MakeOptions(ClientIdentity identity)
    {
        SessionRules.Require(identity, Persistent, hasCredentials: Token is not null || Credential is not null || HasApiKey);
        var endpoint = ServiceEndpoint.Resolve(identity.Organization, Domain, HostName, Port, Insecure);
        var maxInFlight = MaxInFlight ?? DefaultInFlight(identity.Role);
        return WithNetwork(new SessionOptions
        {
            Identity = identity,
            Endpoint = endpoint,
            Credential = MakeCredential(identity),
            Version = ProtocolVersions.Parse(ProtocolVersion),
            Persistent = Persistent,
            Will = MakeWill(identity),
            SessionExpiry = ConfiguredSessionExpiry ?? SessionOptions.DefaultSessionExpiry,
            KeepAlive = ServiceLimits.EffectiveKeepAlive(identity, TimeSpan.FromSeconds(Math.Ceiling(KeepAlive.TotalSeconds))),
            ConnectTimeout = ConnectTimeout,
            RetryConnect = RetryConnect,
            Reconnect = NoReconnect ? null : new ReconnectOptions(ReconnectDelay, MaxReconnectDelay),
            MaxInFlight = maxInFlight,
            MaxInFlightExactlyOnce = MaxInFlight ?? Math.Min(maxInFlight, ExactlyOnceInFlight),
            TrustedAuthorities = ReadAuthorities(),
            TlsServerName = string.IsNullOrEmpty(TlsServerName) ? null : HostNameRules.RequireTlsServerName(TlsServerName),
            RevocationMode = RevocationMode,
            TlsProtocols = TlsVersion == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12,
            Subscriptions = MakeSubscriptions(identity),
        });
    }

    /// <summary>The service takes 10, 1,000 and 2,000 (protocol.md §2.6); 100 is enough to fill a line and leaves room for others.</summary>
    private static int DefaultInFlight(ClientRole role) => Math.Min(100, ServiceLimits.InFlight(role));

    /// <summary>The last will; checked, because for a wrong one the service closes the connection without an answer (protocol.md §3.3).</summary>
    private LastWill? MakeWill(ClientIdentity identity)
    {
        if (WillEvent is null)
        {
            return MyInvocation.BoundParameters.Keys.FirstOrDefault(static one => one.StartsWith("Will", StringComparison.Ordinal)) is { } alone
                ? throw Refuse(ErrorIds.WillEventNeeded, $"-{alone} requires a last will.", "Add -WillEvent with the ID of its event.")
                : null;
        }

        var payload = new PayloadEncoder(ServiceLimits.MaximumPayload).Encode(WillData ?? new PSObject(), WillFormat);
        var topic = MakeWillTopic(identity, WillEvent, payload.Format);
        TopicRules.RequireMayPublish(identity, topic);
        PayloadSize.RequireInLogin(payload.Bytes.Length, "The last will", nameof(WillData));
        PayloadSize.Require(PayloadSize.Counted(payload.Bytes.Length, Encoding.UTF8.GetByteCount(topic), countTopic: ProtocolVersion != ProtocolVersions.V5));
        return new LastWill(topic, payload.Bytes, (QualityOfService)WillQoS);
    }

    /// <summary>What came along when a token was copied or read from a file would only be told as a wrong token, which it is to the service.</summary>
    private static void RequireClean(string errorId, string what, string? whitespace)
    {
        if (whitespace is not null)
        {
            throw Refuse(errorId, $"{what} {whitespace}.", "Take it out: Get-Content -Raw keeps the line break at the end of a file, and .Trim() removes it.");
        }
    }

    private Credential? MakeCredential(ClientIdentity identity)
    {
        if (Token is not null && Credential is not null)
        {
            throw Refuse(ErrorIds.TwoCredentials, "Both -Token and -Credential were given.", "Use one of them.");
        }

        var secret = Token ?? Credential?.Password;
        if (secret is { Length: > 0 })
        {
            RequireClean(ErrorIds.TokenHasWhitespace, $"The token of {identity.ClientId}", SecretText.FindWhitespace(secret));
            var userName = MakeUserName(Credential?.UserName);
            RequireClean(ErrorIds.ApiKeyHasWhitespace, $"The API key of {identity.ClientId}", SecretText.FindWhitespace(userName));
            PayloadSize.RequireInLogin(Encoding.UTF8.GetByteCount(userName), "The user name", "ApiKey");
            var credential = new Credential(userName, secret);
            try
            {
                PayloadSize.RequireInLogin(credential.SecretSize, "The token", nameof(Token));
                return credential;
            }
            catch
            {
                credential.Dispose();
                throw;
            }
        }

        return identity.IsQuickstart || Certificate is not null || !NeedsToken(identity)
            ? null
            : throw Refuse(
                ErrorIds.TokenNeeded,
                $"{identity.ClientId} needs a token to connect.",
                Ways("-Token (Read-Host -AsSecureString) or -Credential", "auth.token", "WIOTP_AUTH_TOKEN"));
    }
}
