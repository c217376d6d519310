using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Proxies;

namespace IoTF.Mqtt.Transport;

/// <summary>Where to connect, and how securely.</summary>
/// <param name="HostName">A host name or an IP address.</param>
/// <param name="Port">A TCP port.</param>
/// <param name="Tls">What TLS demands; null for plain text.</param>
public sealed record DialTarget(string HostName, int Port, TlsDemands? Tls)
{
    /// <summary>How much of a hurry the reader of the connection is in.</summary>
    public ReadPace Pace { get; init; } = new();

    /// <summary>How far the connection has got with what it was given.</summary>
    public SendProgress Progress { get; init; } = new();

    /// <summary>Whether TCP asks whether the other end is still there: for a connection on which MQTT does not.</summary>
    public bool TcpKeepAlive { get; init; }

    /// <summary>The proxy that the connection goes through; null for a direct one.</summary>
    public ProxyServer? Proxy { get; init; }

    /// <summary>How the connection becomes a WebSocket; null when MQTT is spoken on it as it is.</summary>
    public WebSocketDemands? WebSocket { get; init; }

    /// <summary>Host and port as a proxy is asked for them: an IPv6 address in brackets.</summary>
    internal string Authority => At(HostName);

    /// <summary>Host and port as a WebSocket request names them. What is in front of the server chooses it by this name, as TLS does by its own.</summary>
    internal string WebSocketAuthority => At(Tls?.ServerName ?? HostName);

    private string At(string hostName) => FormattableString.Invariant($"{(hostName.Contains(':') ? $"[{hostName}]" : hostName)}:{Port}");
}

/// <summary>What a client asks for when a connection is to become a WebSocket (MQTT-3.1.1 §6, protocol.md §1.3).</summary>
/// <param name="Path">The path of the request, beginning with a slash.</param>
/// <param name="Protocol">The subprotocol: <c>mqtt</c>, or <c>mqttv3.1</c> for MQTT 3.1.</param>
public sealed record WebSocketDemands(string Path, string Protocol);

/// <summary>What a client demands of TLS. Host name and chain are always verified; nothing here turns that off.</summary>
public sealed record TlsDemands
{
    /// <summary>The versions that are offered: 1.2, the version the service speaks (protocol.md §1.1), unless asked otherwise.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12;

    /// <summary>Authorities that are trusted in addition to those of the system, for this connection only.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>The name that is sent (SNI) and that the certificate has to have; null for the host name.</summary>
    public string? ServerName { get; init; }

    /// <summary>How long one look-up of revocation may take.</summary>
    public TimeSpan DownloadLimit { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Whether certificates are checked for revocation.</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>The certificate that is shown to the server; null for none. Its private key is needed.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>The certificates between <see cref="ClientCertificate"/> and its authority, which are sent with it; null for none.</summary>
    public X509Certificate2Collection? ClientCertificateIssuers { get; init; }

    /// <summary>Says that the issuer of a client's certificate is missing: a server that knows only the authority at the end of the chain cannot judge it then.</summary>
    /// <returns>A sentence after a blank; nothing when the issuer is there.</returns>
    public static string WithoutIssuer(X509Certificate2 client, X509Certificate2Collection? issuers) =>
        TlsObservation.IsSelfIssued(client) || (issuers ?? []).Any(issuer => issuer.SubjectName.RawData.AsSpan().SequenceEqual(client.IssuerName.RawData))
            ? ""
            : $" The certificate of the client certificate's issuer '{client.Issuer}' was not given and was not sent with it.";
}
