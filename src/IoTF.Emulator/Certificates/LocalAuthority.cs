using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTF.Emulator.Persistence;
using IoTF.Mqtt.Transport;

namespace IoTF.Emulator.Certificates;

/// <summary>
/// The authority of the local service and the certificate it issued, made at the first start and kept for the process, or in a file. RSA with
/// 2,048 bits, because the service has RSA certificates (protocol.md §1.1): a client that offers only such cipher suites gets in here too.
/// </summary>
internal sealed class LocalAuthority
{
    private const int KeyBits = 2048;
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private static readonly TimeSpan Validity = TimeSpan.FromDays(730);

    // One year: some platforms refuse server certificates that are valid for longer than 825 days.
    private static readonly TimeSpan ServerValidity = TimeSpan.FromDays(365);

    private static readonly Lazy<LocalAuthority> Process = new(() => new LocalAuthority());

    private LocalAuthority()
    {
        // The authority's key ends here: nothing else can be issued in its name.
        using var authority = Make();
        Certificate = CertificateLoader.FromDer(authority.RawData);
        Server = Issue(authority);
    }

    private LocalAuthority(X509Certificate2 authority)
    {
        Certificate = CertificateLoader.FromDer(authority.RawData);
        Server = Issue(authority);
    }

    /// <summary>The authority of this process.</summary>
    public static LocalAuthority OfProcess => Process.Value;

    /// <summary>What clients have to trust; without its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The certificate of the server, with its private key.</summary>
    public X509Certificate2 Server { get; }

    /// <summary>The authority of a file, which is made when it is not there. One that ends soon is replaced.</summary>
    /// <param name="path">A PEM file with the certificate and its key, for its owner only.</param>
    /// <param name="clock">Counts how long a file that another program holds is tried again.</param>
    /// <exception cref="EmulatorException">The file cannot be used, or is something else.</exception>
    public static async Task<LocalAuthority> OfFileAsync(string path, TimeProvider clock)
    {
        try
        {
            if (File.Exists(path))
            {
                using var kept = X509Certificate2.CreateFromPemFile(path);
                if (kept.NotAfter.ToUniversalTime() - DateTime.UtcNow > TimeSpan.FromDays(1))
                {
                    return new LocalAuthority(kept);
                }
            }

            using var made = Make();
            using var key = made.GetRSAPrivateKey()!;
            var text = $"{made.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n";
            await PrivateFile.WriteAsync(path, file => file.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask(), clock).ConfigureAwait(false);
            return new LocalAuthority(made);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new EmulatorException(
                EmulatorErrorId.EmulatorFileDamaged,
                $"'{path}' does not contain the certificate authority of an emulator: {exception.Message} It was not changed. Restore it from a copy, or remove it; then clients must trust a new one.",
                exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EmulatorException(
                EmulatorErrorId.EmulatorFileUnavailable,
                $"The emulator cannot use the file '{path}': {exception.Message} Check its folder and its permissions, or use another -Path.",
                exception);
        }
    }

    private static X509Certificate2 Make()
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var key = RSA.Create(KeyBits);
        var request = new CertificateRequest(
            $"CN=IoTF emulator authority {Convert.ToHexString(RandomNumberGenerator.GetBytes(4))}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(from, from + Validity);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority)
    {
        var from = DateTimeOffset.UtcNow.AddDays(-1);
        var until = from + ServerValidity < authority.NotAfter ? from + ServerValidity : authority.NotAfter;
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");

        // What a client makes of an organization and the domain "localhost". Names below localhost never leave the machine (RFC 6761 §6.3).
        names.AddDnsName("*.messaging.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));

        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var issued = request.Create(authority, from < authority.NotBefore ? authority.NotBefore : from, until, serial);
        try
        {
            return CertificateLoader.ForTls(issued.CopyWithPrivateKey(key));
        }
        catch (KeyStorageException exception)
        {
            throw new EmulatorException(
                EmulatorErrorId.EmulatorFileUnavailable, $"The emulator cannot use the private key of its certificate: {exception.Message}", exception);
        }
    }
}
