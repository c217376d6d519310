using System.Security.Cryptography.X509Certificates;
using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Certificates;

/// <summary>The certificates of one test as PEM files in a folder that is deleted at the end.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly CertificateAuthority authority = new("IoTF interop test CA");
    private readonly CertificateAuthority unknownAuthority = new("IoTF interop unknown CA");
    private readonly CertificateAuthority issuingAuthority;
    private int written;

    public TestCertificates()
    {
        issuingAuthority = new CertificateAuthority("IoTF interop issuing CA", authority);
        IssuingAuthorityFile = folder.Write("issuing-ca.pem", issuingAuthority.Certificate.ExportCertificatePem());
        AuthorityFile = folder.Write("ca.pem", authority.Certificate.ExportCertificatePem());
        UnknownAuthorityFile = folder.Write("unknown-ca.pem", unknownAuthority.Certificate.ExportCertificatePem());
    }

    /// <summary>The names of this machine's loopback, which <see cref="Server"/> certifies unless told others.</summary>
    public static IReadOnlyList<string> LoopbackNames { get; } = ["localhost", "127.0.0.1", "::1"];

    /// <summary>The CA that a client should trust.</summary>
    public string AuthorityFile { get; }

    /// <summary>A CA that a client has not been told to trust.</summary>
    public string UnknownAuthorityFile { get; }

    /// <summary>A CA that <see cref="AuthorityFile"/>'s has issued.</summary>
    public string IssuingAuthorityFile { get; }

    public string Folder => folder.FullName;

    public CertificateFiles Server(params string[] names) => Write(authority.IssueServer(OrLoopback(names)));

    public CertificateFiles ExpiredServer(params string[] names) => Write(authority.IssueExpiredServer(OrLoopback(names)));

    public CertificateFiles ServerOfUnknownAuthority(params string[] names) => Write(unknownAuthority.IssueServer(OrLoopback(names)));

    /// <summary>A server's certificate of the issuing CA, without which a chain is not complete.</summary>
    public CertificateFiles ServerOfIssuingAuthority(Uri? address = null) => Write(
        address is null ? issuingAuthority.IssueServer(OrLoopback([])) : issuingAuthority.IssueServerWithAddress(address, OrLoopback([])));

    public CertificateFiles ClientOfIssuingAuthority(string commonName) => Write(issuingAuthority.IssueClient(commonName));

    /// <summary>A server's certificate that names an address for revocation.</summary>
    public CertificateFiles ServerWithAddress(Uri address) => Write(authority.IssueServerWithAddress(address, OrLoopback([])));

    public CertificateFiles Client(string commonName) => Write(authority.IssueClient(commonName));

    public void Dispose()
    {
        authority.Dispose();
        unknownAuthority.Dispose();
        issuingAuthority.Dispose();
        folder.Dispose();
    }

    private static string[] OrLoopback(string[] names) => names.Length > 0 ? names : [.. LoopbackNames];

    private CertificateFiles Write(X509Certificate2 certificate)
    {
        using (certificate)
        using (var key = certificate.GetECDsaPrivateKey()!)
        {
            var number = Interlocked.Increment(ref written);
            return new CertificateFiles(
                folder.Write($"{number}.pem", certificate.ExportCertificatePem()),
                folder.Write($"{number}.key", key.ExportPkcs8PrivateKeyPem()));
        }
    }
}
