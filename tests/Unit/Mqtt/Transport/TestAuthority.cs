using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Transport;

namespace IoTF.Tests.Unit.Mqtt.Transport;

/// <summary>A certificate authority for one test run.</summary>
internal sealed class TestAuthority
{
    public const string ServerUsage = "1.3.6.1.5.5.7.3.1";
    public const string ClientUsage = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2 _certificate;

    private TestAuthority(X509Certificate2 certificate) => _certificate = certificate;

    /// <summary>What a client is given to trust it: without the private key.</summary>
    public X509Certificate2 Certificate => CertificateLoader.FromDer(_certificate.RawData);

    public static TestAuthority Create(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new TestAuthority(Request(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30)));
    }

    public TestAuthority Intermediate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request(name, key).Create(_certificate, _certificate.NotBefore.AddDays(1), _certificate.NotAfter.AddDays(-1), Serial());
        return new TestAuthority(issued.CopyWithPrivateKey(key));
    }

    /// <summary>Issues a server certificate that is valid from and to a number of days from now.</summary>
    public X509Certificate2 Issue(string? dnsName, IPAddress? address = null, int fromDay = -1, int toDay = 1, string? usage = ServerUsage, string? revocationUrl = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (dnsName is not null)
        {
            names.AddDnsName(dnsName);
        }

        if (address is not null)
        {
            names.AddIpAddress(address);
        }

        request.CertificateExtensions.Add(names.Build());
        if (usage is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        }

        if (revocationUrl is not null)
        {
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{revocationUrl}crl"]));
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{revocationUrl}ocsp"], [$"{revocationUrl}issuer"]));
        }

        using var issued = request.Create(_certificate, DateTimeOffset.UtcNow.AddDays(fromDay), DateTimeOffset.UtcNow.AddDays(toDay), Serial());
        return CertificateLoader.ForTls(issued.CopyWithPrivateKey(key));
    }

    private static CertificateRequest Request(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private static byte[] Serial() => RandomNumberGenerator.GetBytes(8);
}
