using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Mqtt.Transport;

/// <summary>Where to connect, and how securely.</summary>
/// <param name="HostName">A host name or an IP address.</param>
/// <param name="Port">A TCP port.</param>
/// <param name="Tls">What TLS demands; null for plain text.</param>
public sealed record DialTarget(string HostName, int Port, TlsDemands? Tls)
{
    /// <summary>How much of a hurry the reader of the connection is in.</summary>
    public ReadPace Pace { get; init; } = new();
}

/// <summary>What a client demands of TLS. Host name and chain are always verified; nothing here turns that off.</summary>
public sealed record TlsDemands
{
    /// <summary>The versions that are offered: 1.2, the version the service speaks (protocol.md §1.1), unless asked otherwise.</summary>
    public SslProtocols Protocols { get; init; } = SslProtocols.Tls12;

    /// <summary>Authorities that are trusted in addition to those of the system, for this connection only.</summary>
    public X509Certificate2Collection? TrustedAuthorities { get; init; }

    /// <summary>Whether certificates are checked for revocation.</summary>
    public X509RevocationMode RevocationMode { get; init; } = X509RevocationMode.NoCheck;

    /// <summary>The certificate that is shown to the server; null for none. Its private key is needed.</summary>
    public X509Certificate2? ClientCertificate { get; init; }
}
