using System.Management.Automation;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Logins at a Mosquitto that demands client certificates.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime
{
    private const string PassPhrase = "certificate-pass-phrase";
    private const string Connect = "Connect-IoTFDevice -Organization abc123 -HostName 127.0.0.1 -Port $port -CACertificate $authority ";

    private readonly TestCertificates certificates = new();
    private readonly TemporaryFolder folder = new();
    private CertificateFiles client = null!;
    private MosquittoBroker broker = null!;

    public async Task InitializeAsync()
    {
        client = certificates.Client("d:pump:p1");
        broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            Tls = certificates.Server(),
            ClientAuthorityFile = certificates.AuthorityFile,
        });
    }

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        folder.Dispose();
        certificates.Dispose();
    }

    [Theory]
    [InlineData("pair", "-Certificate $certificate -CertificateKey $key")]
    [InlineData("encrypted pair", "-Certificate $certificate -CertificateKey $key -CertificatePassword $password")]
    [InlineData("one PEM", "-Certificate $certificate")]
    [InlineData("PFX", "-Certificate $certificate -CertificatePassword $password")]
    [InlineData("PFX without password", "-Certificate $certificate")]
    [InlineData("object", "-Certificate ([System.Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile($certificate, $key))")]
    [InlineData("store path", "-Certificate $certificate")]
    [InlineData("thumbprint", "-Certificate $certificate")]
    public async Task Every_form_logs_in_and_the_identity_comes_from_the_certificate(string form, string parameters)
    {
        using var pem = X509Certificate2.CreateFromPemFile(client.Certificate, client.Key);
        using var stored = form is "store path" or "thumbprint" ? new StoredCertificate(pem) : null;
        var certificate = form switch
        {
            "one PEM" => folder.Write("one.pem", await File.ReadAllTextAsync(client.Certificate) + "\n" + await File.ReadAllTextAsync(client.Key)),
            "PFX" => Pfx(pem, PassPhrase),
            "PFX without password" => Pfx(pem, password: null),
            "store path" => $@"Cert:\CurrentUser\My\{pem.Thumbprint}",
            "thumbprint" => pem.Thumbprint,
            _ => client.Certificate,
        };

        var result = await RunAsync(Connect + parameters, certificate, form == "encrypted pair" ? EncryptedKey(pem) : client.Key);
        result.OrFail();
        dynamic session = Assert.Single(result.Output);
        Assert.Equal("d:abc123:pump:p1", (string)session.ClientId);
        Assert.Contains("expires", Assert.Single(result.Warnings), StringComparison.Ordinal);
        await broker.WaitForConnectAsync("d:abc123:pump:p1");
    }

    [Fact]
    public async Task Without_a_certificate_the_broker_refuses()
    {
        var result = await RunAsync(Connect + "-DeviceType pump -DeviceId p1 -Token $password", certificate: null, key: null);
        Assert.Contains(Assert.Single(result.Errors).Id(), new[] { "TlsFailed", "ClosedBeforeConnAck" });
    }

    [Fact]
    public async Task A_token_may_be_given_with_a_certificate()
        => (await RunAsync(Connect + "-Certificate $certificate -CertificateKey $key -Token $password", client.Certificate, client.Key)).OrFail();

    [Theory]
    [InlineData("-DeviceType pump -DeviceId p2 -Certificate $certificate -CertificateKey $key", "CertificateNamesAnother")]
    [InlineData("-DeviceType valve -DeviceId p1 -Certificate $certificate -CertificateKey $key", "CertificateNamesAnother")]
    [InlineData("-DeviceType pump -DeviceId p1 -Certificate $certificate", "CertificateUnusable")]
    [InlineData("-DeviceType pump -DeviceId p1 -Certificate no-such-file.pem", "CertificateUnusable")]
    [InlineData("-DeviceType pump -DeviceId p1 -CertificateKey $key", "CertificateUnusable")]
    public async Task What_does_not_fit_is_refused_before_connecting(string parameters, string id)
    {
        var result = await RunAsync(Connect + parameters, client.Certificate, client.Key);
        Refusals.HasIdAndNextStep(id, result);
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.StartsWith("New connection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_before_connecting()
    {
        var expired = certificates.ExpiredServer("pump.example.test");
        var result = await RunAsync(Connect + "-DeviceType pump -DeviceId p1 -Certificate $certificate -CertificateKey $key", expired.Certificate, expired.Key);
        Refusals.HasIdAndNextStep("ClientCertificateExpired", result);
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.StartsWith("New connection", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_certificate_whose_issuer_is_not_sent_is_refused_with_the_reason_and_accepted_with_it()
    {
        var issued = certificates.ClientOfIssuingAuthority("d:pump:p1");
        var alone = folder.Write("alone.pem", await File.ReadAllTextAsync(issued.Certificate) + "\n" + await File.ReadAllTextAsync(issued.Key));
        var error = Refusals.HasIdAndNextStep("ClientCertificateRefused", await RunAsync(Connect + "-Certificate $certificate", alone, key: null));
        Assert.Contains("'CN=IoTF interop issuing CA' was not given", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("Get-PfxCertificate", error.NextStep(), StringComparison.Ordinal);

        await using var newer = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            OnlyTls12 = false,
            Tls = certificates.Server(),
            ClientAuthorityFile = certificates.AuthorityFile,
        });
        error = Refusals.HasIdAndNextStep("ClosedBeforeConnAck", await RunAsync($"{Connect} -Certificate $certificate -TlsVersion 1.3 -Port {newer.TlsPort}".Replace("-Port $port", "", StringComparison.Ordinal), alone, key: null));
        Assert.Contains("'CN=IoTF interop issuing CA' was not given", error.ToString(), StringComparison.Ordinal);

        var chain = folder.Write("chain.pem", await File.ReadAllTextAsync(alone) + "\n" + await File.ReadAllTextAsync(certificates.IssuingAuthorityFile));
        (await RunAsync(Connect + "-Certificate $certificate", chain, key: null)).OrFail();
    }

    private async Task<ScriptResult> RunAsync(string script, string? certificate, string? key)
    {
        using var engine = new ScriptEngine();
        return await engine.RunAsync(
            $"param($port, $authority, $certificate, $key, $password) {script}",
            broker.TlsPort, certificates.AuthorityFile, certificate, key, Service.Secret(PassPhrase));
    }

    private string Pfx(X509Certificate2 certificate, string? password)
    {
        var path = folder.PathOf("client.pfx");
        File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, password));
        return path;
    }

    private string EncryptedKey(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return folder.Write(
            "encrypted.key", key.ExportEncryptedPkcs8PrivateKeyPem(PassPhrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 10_000)));
    }

    /// <summary>The certificate in the user's own store for as long as a test needs it there.</summary>
    private sealed class StoredCertificate : IDisposable
    {
        private readonly X509Certificate2 certificate;

        public StoredCertificate(X509Certificate2 source)
        {
            certificate = X509CertificateLoader.LoadPkcs12(source.Export(X509ContentType.Pfx), password: null, X509KeyStorageFlags.PersistKeySet);
            Change(store => store.Add(certificate));
        }

        public void Dispose()
        {
            Change(store => store.Remove(certificate));
            certificate.Dispose();
        }

        private static void Change(Action<X509Store> change)
        {
            using var store = new X509Store(StoreName.My, StoreLocation.CurrentUser, OpenFlags.ReadWrite);
            change(store);
        }
    }
}
