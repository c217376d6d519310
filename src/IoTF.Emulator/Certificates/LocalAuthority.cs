using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Emulator.Certificates;

/// <summary>
/// The authority of the local service and the certificate it issued, made at the first start and kept for the process. RSA with 2,048 bits,
/// because the service has RSA certificates (protocol.md §1.1): a client that offers only such cipher suites gets in here too.
/// </summary>
internal sealed class LocalAuthority
{
    private const int KeyBits = 2048;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private static readonly Lazy<LocalAuthority> Process = new(() => new LocalAuthority());

    private LocalAuthority()
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        using var authorityKey = RSA.Create(KeyBits);
        var authorityRequest = new CertificateRequest(
            $"CN=IoTF emulator authority {Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}",
            authorityKey,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        var authorityKeyIdentifier = new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false);
        authorityRequest.CertificateExtensions.Add(authorityKeyIdentifier);
        using var authority = authorityRequest.CreateSelfSigned(from, from.AddYears(2));

        // The authority's key ends here: nothing else can be issued in its name.
        Certificate = new X509Certificate2(authority.RawData);
        Server = Issue(authority, authorityKeyIdentifier, from);
    }

    /// <summary>The authority of this process.</summary>
    public static LocalAuthority OfProcess => Process.Value;

    /// <summary>What clients have to trust; without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate of the server, with its private key.</summary>
    public X509Certificate2 Server { get; }

    private static X509Certificate2 Issue(X509Certificate2 authority, X509SubjectKeyIdentifierExtension authorityKeyIdentifier, DateTimeOffset from)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");

        // What a client makes of an organisation and the domain "localhost". Names below localhost never leave the machine (RFC 6761 §6.3).
        names.AddDnsName("*.messaging.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityKeyIdentifier));

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;

        // One year: some platforms refuse server certificates that are valid for longer than 825 days.
        using var issued = request.Create(authority, from, from.AddYears(1), serial);
        var withKey = issued.CopyWithPrivateKey(key);
        if (!OperatingSystem.IsWindows())
        {
            return withKey;
        }

        // Windows' TLS does not take a key that lives in this process only.
        using (withKey)
        {
            return new X509Certificate2(withKey.Export(X509ContentType.Pkcs12));
        }
    }
}
