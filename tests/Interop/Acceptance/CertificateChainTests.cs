using System.Diagnostics;
using System.Text;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A real broker with certificates of an issuing authority, and with addresses in them that accept and never answer.</summary>
public sealed class CertificateChainTests : IAsyncDisposable
{
    private const string Device = "-Organization abc123 -DeviceType pump -DeviceId p1 -HostName 127.0.0.1 -Port $port -Token $token -CACertificate $authority ";

    private readonly TestCertificates certificates = new();
    private readonly SilentServer silent = new();

    private Uri SilentAddress => new($"http://127.0.0.1:{silent.Port}/");

    public static TheoryData<string> Versions { get; } = new() { "3.1.1", "5.0" };

    public async ValueTask DisposeAsync()
    {
        await silent.DisposeAsync();
        certificates.Dispose();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Addresses_in_a_certificate_are_not_asked_and_an_issuing_authority_is_enough(string version)
    {
        await using var broker = await BrokerAsync(certificates.ServerOfIssuingAuthority(SilentAddress));
        var trusting = await RunAsync(broker, $"Connect-IoTFDevice {Device} -ProtocolVersion {version}; @{{ n = 1 }} | Send-IoTFEvent status -PassThru; Disconnect-IoTFSession", certificates.IssuingAuthorityFile);
        Assert.Equal(2, trusting.OrFail().Output.Count);

        // The issuer is missing, which is when its address would be asked.
        var error = Refusals.HasIdAndNextStep("CertificateUntrusted", await RunAsync(broker, $"Connect-IoTFDevice {Device} -ProtocolVersion {version}", certificates.AuthorityFile));
        Assert.Contains("'CN=IoTF interop issuing CA'", error.NextStep(), StringComparison.Ordinal);
        Assert.Contains("did not send", error.ToString(), StringComparison.Ordinal);
        var step = FailedStep(await RunAsync(broker, $"Test-IoTFConnection {Device} -ProtocolVersion {version}", certificates.AuthorityFile));
        Assert.Equal(("TLS", "CertificateUntrusted", error.NextStep()), step);
        Assert.Empty(silent.Connections.Snapshot());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_address_for_revocation_that_never_answers_is_waited_for_within_the_limit(string version)
    {
        await using var broker = await BrokerAsync(certificates.ServerWithAddress(SilentAddress));
        using var engine = new ScriptEngine();
        var started = Stopwatch.GetTimestamp();
        var error = Refusals.HasIdAndNextStep(
            "RevocationUnknown",
            await engine.RunAsync(
                $"param($port, $token, $authority) Connect-IoTFDevice {Device} -ProtocolVersion {version} -RevocationMode Online -ConnectTimeout 3",
                broker.TlsPort, Service.Secret(Service.Token), certificates.AuthorityFile));

        // The platform alone would wait 15 s for each of the two addresses.
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(15));
        Assert.Contains("-RevocationMode", error.NextStep(), StringComparison.Ordinal);
        Assert.NotEmpty(silent.Connections.Snapshot());
        var step = FailedStep(await RunAsync(broker, $"Test-IoTFConnection {Device} -ProtocolVersion {version} -RevocationMode Online -ConnectTimeout 3", certificates.AuthorityFile));
        Assert.Equal(("TLS", "RevocationUnknown"), (step.Step, step.Id));

        // It did not get as far as a login.
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.Contains("New client connected", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Ctrl_C_ends_the_wait_for_revocation()
    {
        await using var broker = await BrokerAsync(certificates.ServerWithAddress(SilentAddress));
        using var engine = new ScriptEngine();
        using var running = engine.Start(
            $"param($port, $token, $authority) Connect-IoTFDevice {Device} -RevocationMode Online -ConnectTimeout 60", broker.TlsPort, Service.Secret(Service.Token), certificates.AuthorityFile);
        await silent.Connections.WaitForAsync(_ => true);
        var (result, took) = await running.StopAsync();
        Assert.Empty(result.Errors);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_name_for_TLS_leads_through_a_tunnel()
    {
        await using var broker = await BrokerAsync(certificates.Server("main.messaging.iot.mas.example.test"));
        var error = Refusals.HasIdAndNextStep("CertificateNameMismatch", await RunAsync(broker, $"Connect-IoTFDevice {Device}", certificates.AuthorityFile));
        Assert.Contains("-TlsServerName", error.NextStep(), StringComparison.Ordinal);

        const string Named = Device + "-TlsServerName main.messaging.iot.mas.example.test";
        dynamic session = Assert.Single((await RunAsync(broker, $"Connect-IoTFDevice {Named}", certificates.AuthorityFile)).OrFail().Output);
        Assert.Equal("main.messaging.iot.mas.example.test", (string)session.TlsServerName);
        Assert.Equal([true], (await RunAsync(broker, $"Test-IoTFConnection {Named} -Quiet", certificates.AuthorityFile)).OrFail().Output);
        Assert.Equal([true], (await RunAsync(broker, $"$null = Connect-IoTFDevice {Named}; Get-IoTFSession | Test-IoTFConnection -CACertificate $authority -Token $token -Quiet", certificates.AuthorityFile)).OrFail().Output);
    }

    public static TheoryData<string, string, string> Mistakes { get; } = new()
    {
        { "-CACertificate $base64", "CACertificateUnusable", "Base64 of PEM" },
        { "-CACertificate $file", "CACertificateUnusable", "Base64 of PEM" },
        { "-CACertificate '{ \"data\": { \"ca.crt\": \"x\" } }'", "CACertificateUnusable", "JSON" },
        { "-CACertificate $empty", "CACertificateUnusable", "empty" },
        { "-HostName abc123.iot.mas.example.test", "HostNameIsHttpApi", "HTTP API" },
        { "-HostName https://main.messaging.example.test", "InvalidHostName", "URL" },
        { "-Domain abc123.messaging.iot.mas.example.test", "InvalidDomain", "host name" },
        { "-Token $newline", "TokenHasWhitespace", "line break" },
        { "-Token $blank", "TokenHasWhitespace", "blank" },
        { "-WillEvent lost -WillData ('x' * 65536)", "LoginTooLarge", "65,536" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task What_is_mistaken_is_told_before_anything_is_sent(string mistake, string id, string words)
    {
        var pem = await File.ReadAllTextAsync(certificates.AuthorityFile);
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(pem));
        var file = Path.Combine(certificates.Folder, "base64.crt");
        await File.WriteAllTextAsync(file, base64);
        var empty = Path.Combine(certificates.Folder, "empty.crt");
        await File.WriteAllTextAsync(empty, "");
        var given = new Dictionary<string, string>
        {
            ["-HostName"] = "-HostName 127.0.0.1 ", ["-CACertificate"] = "-CACertificate $authority ", ["-Token"] = "-Token $token ", ["-Domain"] = "",
        };
        given.Remove(mistake.Split(' ')[0]);
        if (mistake.StartsWith("-Domain", StringComparison.Ordinal))
        {
            given.Remove("-HostName");
        }

        var parameters = $"-Organization abc123 -DeviceType pump -DeviceId p1 -Port $port {string.Concat(given.Values)}{mistake}";
        var script = $"param($port, $token, $authority, $base64, $file, $empty, $newline, $blank) ";
        object[] arguments = [silent.Port, Service.Secret(Service.Token), certificates.AuthorityFile, base64, file, empty, Service.Secret(Service.Token + "\n"), Service.Secret(Service.Token + " ")];
        using var engine = new ScriptEngine();
        var error = Refusals.HasIdAndNextStep(id, await engine.RunAsync($"{script} Connect-IoTFDevice {parameters}", arguments));
        Assert.Contains(words, error.ToString(), StringComparison.Ordinal);
        var step = FailedStep(await engine.RunAsync($"{script} Test-IoTFConnection {parameters}", arguments));
        Assert.Equal(("Configuration", id), (step.Step, step.Id));
        Assert.Empty(silent.Connections.Snapshot());
    }

    private static (string Step, string Id, string? Advice) FailedStep(ScriptResult result)
    {
        dynamic step = result.OrFail().Output.Single(output => (string)((dynamic)output).Result == "Failed");
        return ((string)step.Step, (string)step.ErrorId, (string?)step.Advice);
    }

    private static Task<MosquittoBroker> BrokerAsync(CertificateFiles certificate) => MosquittoBroker.StartAsync(new MosquittoOptions
    {
        Plain = false,
        Tls = certificate,
        Users = new Dictionary<string, string> { [Service.DeviceUser] = Service.Token },
    });

    private static async Task<ScriptResult> RunAsync(MosquittoBroker broker, string script, string authority)
    {
        using var engine = new ScriptEngine();
        return await engine.RunAsync(TimeSpan.FromMinutes(2), $"param($port, $token, $authority) {script}", broker.TlsPort, Service.Secret(Service.Token), authority);
    }
}
