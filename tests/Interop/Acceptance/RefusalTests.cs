using System.Diagnostics;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Servers that must not be talked to: each with an error id of its own and a next step, and not one byte of MQTT is sent.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly TestCertificates certificates = new();

    public void Dispose() => certificates.Dispose();

    [Fact]
    public async Task A_certificate_of_an_unknown_authority_is_refused()
        => await RefusedBehindTlsAsync("CertificateUntrusted", TlsVersion.Tls12, certificates.ServerOfUnknownAuthority());

    [Fact]
    public async Task A_private_authority_is_refused_unless_it_is_named()
    {
        await using var server = await OpenSslServer.StartAsync(TlsVersion.Tls12, certificates.Server());
        await using var relay = new RecordingRelay(server.Port);

        await RefusedAsync("CertificateUntrusted", $"-HostName 127.0.0.1 -Port {relay.Port}");

        await NothingButHandshakeAsync(relay);
    }

    [Fact]
    public async Task A_certificate_for_another_host_name_is_refused()
        => await RefusedBehindTlsAsync("CertificateNameMismatch", TlsVersion.Tls12, certificates.Server("other.example.test"));

    [Fact]
    public async Task An_expired_certificate_is_refused()
        => await RefusedBehindTlsAsync("CertificateExpired", TlsVersion.Tls12, certificates.ExpiredServer());

    [Theory]
    [InlineData(TlsVersion.Tls11)]
    [InlineData(TlsVersion.Tls13)]
    public async Task A_server_that_does_not_speak_TLS_1_2_is_refused(TlsVersion version)
        => await RefusedBehindTlsAsync("TlsVersionRefused", version, certificates.Server());

    [Theory]
    [InlineData(PlainAnswer.AtOnce, PlainServer.BadRequest)]
    [InlineData(PlainAnswer.AfterFirstBytes, PlainServer.BadRequest)]
    [InlineData(PlainAnswer.AtOnce, "220 mail.example.test ESMTP\r\n")]
    [InlineData(PlainAnswer.AtOnce, "")]
    [InlineData(PlainAnswer.AfterFirstBytes, "")]
    [InlineData(PlainAnswer.AtOnce, "\u0020\u0002\u0000\u0000")]
    [InlineData(PlainAnswer.AfterFirstBytes, "\u0020\u0002\u0000\u0000")]
    public async Task A_plain_text_server_on_the_TLS_port_is_refused(PlainAnswer when, string text)
    {
        await using var server = new PlainServer(when, text);

        await RefusedAsync("NotTls", $"-HostName 127.0.0.1 -Port {server.Port}");

        var connection = await server.Connections.WaitForAsync(_ => true);
        await connection.WaitForCloseAsync();
        NothingButHandshake(connection.Received.ToArray());
    }

    [Fact]
    public async Task The_plain_text_port_of_a_broker_is_refused_as_TLS_port()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var relay = new RecordingRelay(broker.PlainPort);

        await RefusedAsync("NotTls", $"-HostName 127.0.0.1 -Port {relay.Port}");

        await NothingButHandshakeAsync(relay);
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.StartsWith("New client connected", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_closed_port_is_said_to_be_closed()
    {
        using var closed = new ClosedPort();

        await RefusedAsync("ConnectionRefused", $"-HostName 127.0.0.1 -Port {closed.Port}");
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up_after_the_connect_timeout()
    {
        await using var server = new SilentServer();
        var watch = Stopwatch.StartNew();

        await RefusedAsync("ConnectTimeout", $"-HostName 127.0.0.1 -Port {server.Port} -ConnectTimeout 1");

        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10));
        var connection = await server.Connections.WaitForAsync(_ => true);
        await connection.WaitForCloseAsync();
        NothingButHandshake(connection.Received.ToArray());
    }

    [Fact]
    public async Task A_broker_that_accepts_TLS_and_never_answers_CONNECT_is_given_up_after_the_connect_timeout()
    {
        await using var server = await OpenSslServer.StartAsync(TlsVersion.Tls12, certificates.Server());

        await RefusedAsync("ConnectTimeout", $"-HostName 127.0.0.1 -Port {server.Port} -CACertificate '{certificates.AuthorityFile}' -ConnectTimeout 1");

        await server.WaitForHandshakeAsync();
    }

    [Theory]
    [InlineData("-HostName no-such-host.invalid", "no-such-host.invalid")]
    [InlineData("-Domain no-such-domain.invalid", "abc123.messaging.no-such-domain.invalid")]
    public async Task A_name_that_does_not_resolve_is_said_to_be_unknown(string where, string name)
    {
        var error = await RefusedAsync("NameNotResolved", where);

        Assert.Contains(name, error.Exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_records_show_MQTT_once_the_server_is_trusted()
    {
        // What the other tests do not find is found when it is there.
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { Plain = false, Tls = certificates.Server() });
        await using var relay = new RecordingRelay(broker.TlsPort);
        using (var engine = new ScriptEngine(new Service(relay.Port) { AuthorityFile = certificates.AuthorityFile }))
        {
            (await engine.RunAsync("Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service")).OrFail();
        }

        var connection = await relay.Connections.WaitForAsync(_ => true);
        await connection.WaitForCloseAsync();
        var sent = connection.FromClient;
        Assert.Contains(TlsContent.ApplicationData, TlsRecords.Kinds(sent.ToArray()));
        Assert.False(sent.Contains(Service.Token));
        Assert.False(sent.Contains("d:abc123:pump:p1"));
    }

    private static async Task<ErrorRecord> RefusedAsync(string id, string where)
    {
        using var engine = new ScriptEngine();
        var result = await engine.RunAsync(
            $"param($token) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Token $token {where}",
            Service.Secret(Service.Token));

        var error = Refusals.HasIdAndNextStep(id, result);
        var pool = await engine.RunAsync("Get-IoTFSession");
        Assert.Empty(pool.OrFail().Output);
        return error;
    }

    private static async Task NothingButHandshakeAsync(RecordingRelay relay)
    {
        var connection = await relay.Connections.WaitForAsync(_ => true);
        await connection.WaitForCloseAsync();
        NothingButHandshake(connection.FromClient.ToArray());
        Assert.Equal(1, relay.Connections.Count);
    }

    private static void NothingButHandshake(byte[] sent)
    {
        var kinds = TlsRecords.Kinds(sent);
        Assert.DoesNotContain(TlsContent.ApplicationData, kinds);
        Assert.True(kinds.Count == 0 || kinds[0] == TlsContent.Handshake, string.Join(", ", kinds));
    }

    private async Task RefusedBehindTlsAsync(string id, TlsVersion version, CertificateFiles certificate)
    {
        await using var server = await OpenSslServer.StartAsync(version, certificate);
        await using var relay = new RecordingRelay(server.Port);

        await RefusedAsync(id, $"-HostName 127.0.0.1 -Port {relay.Port} -CACertificate '{certificates.AuthorityFile}'");

        await NothingButHandshakeAsync(relay);
    }
}
