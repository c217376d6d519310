using System.Security.Cryptography.X509Certificates;
using IoTF.Tests.Interop.Programs;
using Xunit;

namespace IoTF.Tests.Interop.Certificates;

public sealed class CertificateTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    [Fact]
    public async Task OpenSSL_accepts_a_server_certificate_for_its_names()
    {
        var server = certificates.Server("broker.example.test", "127.0.0.1");

        await VerifyAsync(server, certificates.AuthorityFile, "-purpose", "sslserver", "-verify_hostname", "broker.example.test");
        await VerifyAsync(server, certificates.AuthorityFile, "-purpose", "sslserver", "-verify_ip", "127.0.0.1");
    }

    [Fact]
    public async Task A_server_certificate_covers_every_name_of_loopback_unless_told_others()
    {
        var server = certificates.Server();

        await VerifyAsync(server, certificates.AuthorityFile, "-verify_hostname", "localhost");
        await VerifyAsync(server, certificates.AuthorityFile, "-verify_ip", "127.0.0.1");
        await VerifyAsync(server, certificates.AuthorityFile, "-verify_ip", "::1");
    }

    [Fact]
    public async Task OpenSSL_refuses_a_name_that_is_not_in_the_certificate()
        => await RefusedAsync(certificates.Server("other.example.test"), certificates.AuthorityFile, "hostname mismatch", "-verify_hostname", "localhost");

    [Fact]
    public async Task OpenSSL_refuses_an_expired_certificate_for_that_reason_only()
        => await RefusedAsync(certificates.ExpiredServer(), certificates.AuthorityFile, "certificate has expired");

    [Fact]
    public async Task OpenSSL_refuses_a_certificate_of_the_unknown_authority_until_it_is_known()
    {
        var server = certificates.ServerOfUnknownAuthority();

        await RefusedAsync(server, certificates.AuthorityFile, "unable to get local issuer certificate");
        await VerifyAsync(server, certificates.UnknownAuthorityFile);
    }

    [Fact]
    public async Task A_client_certificate_is_for_clients_only()
    {
        var client = certificates.Client("pump-1");

        await VerifyAsync(client, certificates.AuthorityFile, "-purpose", "sslclient");
        await RefusedAsync(client, certificates.AuthorityFile, "unsuitable certificate purpose", "-purpose", "sslserver");
    }

    [Fact]
    public void The_key_belongs_to_the_certificate()
    {
        var server = certificates.Server();

        using var both = X509Certificate2.CreateFromPemFile(server.Certificate, server.Key);

        Assert.True(both.HasPrivateKey);
    }

    [Fact]
    public void Nothing_stays_on_the_disk()
    {
        certificates.Server();
        Assert.True(Directory.Exists(certificates.Folder));

        certificates.Dispose();

        Assert.False(Directory.Exists(certificates.Folder));
    }

    public void Dispose() => certificates.Dispose();

    private static Task VerifyAsync(CertificateFiles files, string authority, params string[] checks)
        => RunningProgram.RunAsync(DebianProgram.OpenSsl, ["verify", "-x509_strict", "-CAfile", authority, .. checks, files.Certificate]);

    private static async Task RefusedAsync(CertificateFiles files, string authority, string reason, params string[] checks)
    {
        var refusal = await Assert.ThrowsAsync<ProgramFailedException>(() => VerifyAsync(files, authority, checks));

        // Each reason is a line "error N at M depth lookup: reason".
        var reasons = refusal.Message.Split('\n').Where(line => line.StartsWith("error ", StringComparison.Ordinal) && line.Contains(" at ", StringComparison.Ordinal));
        Assert.EndsWith(reason, Assert.Single(reasons).TrimEnd(), StringComparison.OrdinalIgnoreCase);
    }
}
