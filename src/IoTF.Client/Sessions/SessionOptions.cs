using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Connecting;
using IoTF.Client.Receiving;
using IoTF.Mqtt;
using IoTF.Mqtt.Proxies;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;

namespace IoTF.Client.Sessions;

/// <summary>Who connects where, and how.</summary>
public sealed record SessionOptions
{
    /// <summary>How long the service keeps messages for a client that is away (protocol.md §2.6).</summary>
    public static readonly TimeSpan DefaultSessionExpiry = TimeSpan.FromHours(48);

    /// <summary>Who connects.</summary>
    public required ClientIdentity Identity { get; init; }

    /// <summary>Where the service is.</summary>
    public required ServiceEndpoint Endpoint { get; init; }

    /// <summary>User name and secret; null where the service wants none (quickstart, client certificates).</summary>
    public Credential? Credential { get; init; }

    /// <summary>The version of MQTT.</summary>
    public MqttVersion Version { get; init; } = MqttVersion.V311;

    /// <summary>Whether the service keeps the session, with its subscriptions and messages, while the client is away.</summary>
    public bool Persistent { get; init; }

    /// <summary>How long the service keeps a persistent session of MQTT 5; the older versions leave that to the service. Default: 48 hours.</summary>
    public TimeSpan SessionExpiry { get; init; } = DefaultSessionExpiry;

    /// <summary>What the service sends when the connection ends without DISCONNECT; null for nothing.</summary>
    public LastWill? Will { get; init; }

    /// <summary>The longest silence before the client asks whether the service is still there; whole seconds, zero for never, 65,535 s at most.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The time limit of connecting, from the name look-up to the CONNACK.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the first connection is tried again when what is in the way may pass, as while the service starts; zero for once.</summary>
    public TimeSpan RetryConnect { get; init; }

    /// <summary>Whether and when a connection that was lost is made again; null for never.</summary>
    public ReconnectOptions? Reconnect { get; init; }

    /// <summary>How many messages may be sent and unacknowledged, 1 to 65,535.</summary>
    public int MaxInFlight { get; init; } = 10;

    /// <summary>How many of them may be QoS 2.</summary>
    public int MaxInFlightExactlyOnce { get; init; } = 10;

    /// <summary>How many bytes of messages of QoS 1 and 2 may wait to be received before nothing more is read.</summary>
    internal long ReceivingRoom { get; init; } = Receiving.ReceivingRoom.DefaultLimit;

    /// <summary>Certificate authorities that are trusted in addition to those of the system; null for none.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>A certificate that identifies the client; null for none.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The certificates between <see cref="ClientCertificate"/> and its authority; null for none.</summary>
    public X509Certificate2Collection? ClientCertificateIssuers { get; init; }

    /// <summary>Whether the server's certificate is checked for revocation.</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>The name that TLS sends (SNI) and expects in the server's certificate; null for the host name.</summary>
    public string? TlsServerName { get; init; }

    /// <summary>The versions of TLS that are offered.</summary>
    public SslProtocols TlsProtocols { get; init; } = SslProtocols.Tls12;

    /// <summary>The proxy that the connection goes through; null for a direct one.</summary>
    public ProxyServer? Proxy { get; init; }

    /// <summary>The path of the WebSocket that MQTT travels in, beginning with a slash; null when it travels on the connection itself.</summary>
    public string? WebSocketPath { get; init; }

    /// <summary>What is subscribed before the session counts as open, so that nothing is missed before the first receive.</summary>
    public IReadOnlyList<SubscriptionRequest> Subscriptions { get; init; } = [];

    /// <summary>Whether two sessions with these options would be the same: same identity, endpoint, credentials and behavior.</summary>
    public bool IsSameAs(SessionOptions other) =>
        (Credential is null ? other.Credential is null : Credential.IsSameAs(other.Credential))
        && SameCertificates(TrustedAuthorities, other.TrustedAuthorities)
        && ClientCertificate?.Thumbprint == other.ClientCertificate?.Thumbprint
        && SameCertificates(ClientCertificateIssuers, other.ClientCertificateIssuers)
        && Subscriptions.SequenceEqual(other.Subscriptions)
        && WithoutObjects(this) == WithoutObjects(other);

    private static SessionOptions WithoutObjects(SessionOptions options) =>
        options with { Credential = null, TrustedAuthorities = null, ClientCertificate = null, ClientCertificateIssuers = null, Subscriptions = [] };

    private static bool SameCertificates(X509Certificate2Collection? mine, X509Certificate2Collection? theirs) =>
        (mine?.Select(certificate => certificate.Thumbprint).Order() ?? Enumerable.Empty<string>())
        .SequenceEqual(theirs?.Select(certificate => certificate.Thumbprint).Order() ?? Enumerable.Empty<string>());
}
