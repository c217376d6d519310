using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Connecting;
using IoTF.PowerShell.Certificates;
using IoTF.PowerShell.Emulation;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ClientCertificateTests : IClassFixture<Engine>, IDisposable
{
    private const string Password = "pass phrase";

    private readonly Engine _engine;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-");
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;

    public ClientCertificateTests(Engine engine)
    {
        _engine = engine;
        _certificate = Make("CN=d:pump:p1");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_PEM_pair_is_read_from_one_file_or_from_two(bool encrypted)
    {
        var key = encrypted ? _key.ExportEncryptedPkcs8PrivateKeyPem(Password, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)) : _key.ExportPkcs8PrivateKeyPem();
        var both = Write("both.pem", _certificate.ExportCertificatePem() + "\n" + key);
        var alone = Write("alone.pem", _certificate.ExportCertificatePem());
        var keyFile = Write("alone.key", key);

        Assert.True(Reader(encrypted).Read(both)[0].HasPrivateKey);
        Assert.True(Reader(encrypted).ReadPair(alone, keyFile)[0].HasPrivateKey);
        Assert.False(Reader(encrypted).Read(alone)[0].HasPrivateKey);
    }

    [Fact]
    public void A_PFX_file_is_read_with_its_password()
    {
        var path = Path.Combine(_folder.FullName, "client.pfx");
        File.WriteAllBytes(path, _certificate.Export(X509ContentType.Pfx, Password));

        Assert.True(Reader(withPassword: true).Read(path)[0].HasPrivateKey);
        var refusal = Assert.Throws<CertificateReadException>(() => Reader(withPassword: false).Read(path)).Message;
        Assert.Contains("-CertificatePassword", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var refusal = Assert.Throws<CertificateReadException>(
            () => Reader().ReadPair(Write("mine.pem", _certificate.ExportCertificatePem()), Write("other.key", other.ExportPkcs8PrivateKeyPem())));
        Assert.Contains("other.key", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Cert:\\CurrentUser\\My\\")]
    [InlineData("cert:/LocalMachine/My/")]
    [InlineData("Cert:\\LocalMachine\\Remote Desktop\\")]
    [InlineData("")]
    public void A_thumbprint_is_looked_for_in_the_stores(string place)
    {
        var thumbprint = new string('A', 40);
        var refusal = Assert.Throws<CertificateReadException>(() => Reader().Read(place + thumbprint)).Message;
        Assert.Contains($"no certificate with the thumbprint {thumbprint}", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void The_certificates_of_issuers_are_kept_beside_the_one_with_the_key()
    {
        var issuer = Make("CN=issuer");
        var file = Write("chain.pem", $"{_certificate.ExportCertificatePem()}\n{X509CertificateLoader.LoadCertificate(issuer.RawData).ExportCertificatePem()}\n{_key.ExportPkcs8PrivateKeyPem()}");
        var read = new ClientCertificate(Reader().Read(file));
        Assert.Equal("CN=d:pump:p1", read.Certificate.Subject);
        Assert.Equal(["CN=issuer"], read.Issuers.Select(certificate => certificate.Subject));
    }

    [Fact]
    public void Common_name_and_mail_names_say_who_the_client_is()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("pump.example.test");
        names.AddEmailAddress("g:gwt:gw1");
        names.AddEmailAddress("someone@example.test");
        var certificate = Make("O=plant, CN=d:pump:", names.Build());
        Assert.Equal(["d:pump:", "g:gwt:gw1"], new ClientCertificate([certificate]).Names.Select(name => name.ToString()));
        Assert.Empty(new ClientCertificate([Make("CN=pump")]).Names);
    }

    public void Dispose()
    {
        _certificate.Dispose();
        _key.Dispose();
        _folder.Delete(recursive: true);
    }

    private CertificateReader Reader(bool withPassword = false)
    {
        var engine = (EngineIntrinsics)((PSObject)_engine.Run("$ExecutionContext")[0]!).BaseObject;
        return new CertificateReader(engine.SessionState.Path) { WithPrivateKey = true, Password = withPassword ? Secrets.Protect(Password) : null };
    }

    private X509Certificate2 Make(string subject, X509Extension? alternativeNames = null)
    {
        var request = new CertificateRequest(subject, _key, HashAlgorithmName.SHA256);
        if (alternativeNames is not null)
        {
            request.CertificateExtensions.Add(alternativeNames);
        }

        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
