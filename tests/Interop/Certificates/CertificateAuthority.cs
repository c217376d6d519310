using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTF.Tests.Interop.Certificates;

/// <summary>A certificate authority of one test, in memory.</summary>
public sealed class CertificateAuthority : IDisposable
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <param name="commonName">Its name.</param>
    /// <param name="issuer">The authority that issues it; null for one at the end of a chain.</param>
    public CertificateAuthority(string commonName, CertificateAuthority? issuer = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: true, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(
            X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));

        // Older than any certificate it signs, so that an expired one is expired and nothing else.
        var now = DateTimeOffset.UtcNow;
        Certificate = issuer is null ? request.CreateSelfSigned(now.AddDays(-100), now.AddDays(100)) : IssuedBy(issuer, request, key);
    }

    /// <summary>The authority's own certificate, with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>A server's certificate for these names, each a DNS name or an IP address; valid from yesterday until tomorrow.</summary>
    public X509Certificate2 IssueServer(params string[] names)
        => Issue(names[0], names, ServerAuthentication, from: TimeSpan.FromDays(-1), until: TimeSpan.FromDays(1));

    /// <summary>A server's certificate that names an address for the certificate of its issuer (AIA), for OCSP and for the revocation list.</summary>
    public X509Certificate2 IssueServerWithAddress(Uri address, params string[] names)
        => Issue(names[0], names, ServerAuthentication, from: TimeSpan.FromDays(-1), until: TimeSpan.FromDays(1), address);

    /// <summary>A server's certificate for these names that was valid until yesterday.</summary>
    public X509Certificate2 IssueExpiredServer(params string[] names)
        => Issue(names[0], names, ServerAuthentication, from: TimeSpan.FromDays(-10), until: TimeSpan.FromDays(-1));

    /// <summary>A client's certificate.</summary>
    public X509Certificate2 IssueClient(string commonName)
        => Issue(commonName, [], ClientAuthentication, from: TimeSpan.FromDays(-1), until: TimeSpan.FromDays(1));

    public void Dispose() => Certificate.Dispose();

    private X509Certificate2 Issue(string commonName, string[] names, string usage, TimeSpan from, TimeSpan until, Uri? address = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(
            certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        if (names.Length > 0)
        {
            request.CertificateExtensions.Add(AlternativeNames(names));
        }

        if (address is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension([$"{address}ocsp"], [$"{address}issuer.cer"]));
            request.CertificateExtensions.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([$"{address}list.crl"]));
        }

        var now = DateTimeOffset.UtcNow;
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7F;
        using var issued = request.Create(Certificate, now + from, now + until, serial);
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 IssuedBy(CertificateAuthority issuer, CertificateRequest request, ECDsa key)
    {
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            issuer.Certificate, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        using var issued = request.Create(
            issuer.Certificate, issuer.Certificate.NotBefore.AddDays(1), issuer.Certificate.NotAfter.AddDays(-1), RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Extension AlternativeNames(string[] names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }
}
