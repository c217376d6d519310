using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Proxies;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary><c>Test-IoTFConnection</c> against good and bad services: the first step that fails, its error and its advice are the right ones.</summary>
public sealed class ConnectionDiagnosisTests : IDisposable
{
    private const string Test = "Test-IoTFConnection -Organization abc123 -Port $port -ConnectTimeout $timeout ";
    private const string Device = "-DeviceType pump -DeviceId p1 -Token $token ";
    private static readonly string[] Steps =
        ["Configuration", "Name resolution", "TCP", "Other ports", "Proxy", "TLS", "WebSocket", "CONNACK", "Subscribe", "Publish", "Disconnect"];

    private readonly TestCertificates certificates = new();

    public void Dispose() => certificates.Dispose();

    /// <summary>Situation, first failing step, error id, a word of its advice.</summary>
    public static TheoryData<string, string, string, string> Situations { get; } = new()
    {
        { "good service", "", "", "" },
        { "closed port", "TCP", "ConnectionRefused", "-Port" },
        { "silent port", "TLS", "ConnectTimeout", "-Port" },
        { "wrong name", "TLS", "CertificateNameMismatch", "-HostName" },
        { "unknown authority", "TLS", "CertificateUntrusted", "'CN=IoTF interop unknown CA'" },
        { "expired certificate", "TLS", "CertificateExpired", "Renew the server" },
        { "TLS 1.1 only", "TLS", "TlsVersionRefused", "TLS 1.2" },
        { "plain-text server", "TLS", "NotTls", "-Insecure" },
        { "wrong token", "CONNACK", "NotAuthorized", "token may be wrong" },
        { "proxy that refuses", "Proxy", "ProxyRefused", "Ask the administrator of the proxy" },
        { "proxy that works", "", "", "" },
        { "proxy with another password", "Proxy", "ProxyAuthenticationRequired", "-ProxyCredential" },
        { "no proxy there", "TCP", "ProxyUnreachable", "-NoProxy" },
        { "no WebSocket there", "WebSocket", "WebSocketRefused", "-WebSocketPath" },
        { "name that does not exist", "Name resolution", "NameNotResolved", "DNS" },
        { "wrong device type", "Configuration", "InvalidDeviceType", "A-Z" },
        { "no token", "Configuration", "TokenNeeded", "-Token" },
    };

    [Theory]
    [MemberData(nameof(Situations))]
    public async Task The_first_failing_step_and_its_advice_are_right(string situation, string failing, string id, string advice)
    {
        await using var scene = await Scene.MakeAsync(situation, certificates);
        var result = await RunAsync(scene.Port, $"{Test} {scene.Parameters}", situation == "silent port" ? 1 : 20, scene.Proxy);
        Assert.Null(result.Failure);
        Assert.Empty(result.Errors);
        var rows = Rows(result);
        Assert.Equal(Steps, rows.Select(row => row.Step));
        Assert.DoesNotContain(rows, row => (row.Detail + row.Advice).Contains(Service.Token, StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => (row.Detail + row.Advice).Contains(TinyProxy.Password, StringComparison.Ordinal));

        var failed = rows.FirstOrDefault(row => row.Result == "Failed");
        Assert.True(failing == (failed?.Step ?? ""), string.Join(Environment.NewLine, rows));
        if (failed is null)
        {
            Assert.Equal("Passed", rows.Single(row => row.Step == "CONNACK").Result);
            Assert.Equal("Passed", rows.Single(row => row.Step == "Subscribe").Result);
            Assert.Equal("Skipped", rows.Single(row => row.Step == "Publish").Result);
            Assert.Equal("Passed", rows.Single(row => row.Step == "Disconnect").Result);
            return;
        }

        Assert.Equal(id, failed.ErrorId);
        Assert.Contains(advice, failed.Advice, StringComparison.Ordinal);
        Assert.All(rows.SkipWhile(row => row != failed).Skip(1).Where(row => row.Step != "Other ports"), row => Assert.Equal("Skipped", row.Result));

        var quiet = await RunAsync(scene.Port, $"{Test} {scene.Parameters} -Quiet", situation == "silent port" ? 1 : 20, scene.Proxy);
        Assert.Equal([false], quiet.OrFail().Output);
    }

    [Fact]
    public async Task The_TLS_step_shows_version_cipher_and_certificates()
    {
        await using var scene = await Scene.MakeAsync("good service", certificates);
        var result = await RunAsync(scene.Port, $"{Test} {scene.Parameters} | Where-Object Step -eq TLS", 20);
        dynamic tls = Assert.Single(result.OrFail().Output);
        Assert.Equal("1.2", (string)tls.TlsVersion);
        Assert.StartsWith("TLS_", (string)tls.CipherSuite, StringComparison.Ordinal);
        Assert.Equal("CN=IoTF interop test CA", (string)tls.AuthoritySubject);
        Assert.Equal("Warning", (string)tls.Result);
        Assert.Contains("expires soon", (string)tls.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_that_is_open_is_left_alone_unless_forced()
    {
        await using var broker = await BrokerAsync(certificates);
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });
        (await engine.RunAsync("Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service -NoReconnect")).OrFail();
        await broker.WaitForConnectAsync("d:abc123:pump:p1");

        var rows = Rows((await engine.RunAsync("Test-IoTFConnection -Organization abc123 -DeviceType pump -DeviceId p1 @service")).OrFail());
        var login = rows.Single(row => row.Step == "CONNACK");
        Assert.Equal("Skipped", login.Result);
        Assert.Contains("-Force", login.Detail, StringComparison.Ordinal);
        var piped = Rows((await engine.RunAsync("Get-IoTFSession | Test-IoTFConnection -CACertificate $service.CACertificate")).OrFail());
        Assert.DoesNotContain(piped, row => row.Result == "Failed");
        Assert.Equal(["Open"], (await engine.RunAsync("(Get-IoTFSession).State")).OrFail().Output);

        var forced = Rows((await engine.RunAsync("Test-IoTFConnection -Organization abc123 -DeviceType pump -DeviceId p1 @service -Force")).OrFail());
        Assert.Equal("Passed", forced.Single(row => row.Step == "CONNACK").Result);
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task A_session_that_the_service_keeps_survives_with_its_messages(string version)
    {
        await using var broker = await BrokerAsync(certificates);
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });
        const string Connect = "param($version) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service -Persistent -ProtocolVersion $version";
        (await engine.RunAsync($"{Connect}; Disconnect-IoTFSession", version)).OrFail();
        await MosquittoPublisher.PublishAsync(
            new MosquittoClientOptions(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile, UserName = Service.DeviceUser, Password = Service.Token },
            "iot-2/cmd/reboot/fmt/json",
            "{}");

        var rows = Rows((await engine.RunAsync("param($version) Test-IoTFConnection -Organization abc123 -DeviceType pump -DeviceId p1 @service -ProtocolVersion $version", version)).OrFail());
        Assert.Equal("Skipped", rows.Single(row => row.Step == "Subscribe").Result);
        Assert.DoesNotContain(rows, row => row.Result == "Failed");

        dynamic command = (await engine.RunAsync($"{Connect} | Out-Null; Receive-IoTFCommand -Count 1 -Timeout 20", version)).OrFail().Output.Single();
        Assert.Equal("reboot", (string)command.CommandId);
    }

    [Fact]
    public async Task Nothing_of_a_test_stays_at_the_service()
    {
        await using var broker = await BrokerAsync(certificates);
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });
        (await engine.RunAsync("Test-IoTFConnection -Organization abc123 -DeviceType pump -DeviceId p1 @service")).OrFail();

        // Had a session been kept, the first answer to a persistent client would say so.
        var connects = broker.Log.Snapshot().Where(line => line.StartsWith("Sending CONNACK to d:abc123:pump:p1", StringComparison.Ordinal)).ToList();
        Assert.Equal(2, connects.Count);
        var before = broker.Log.Count;
        (await engine.RunAsync("Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service -Persistent")).OrFail();
        Assert.Contains("(0, 0)", await broker.Log.WaitForAsync(line => line.StartsWith("Sending CONNACK to d:abc123:pump:p1", StringComparison.Ordinal), from: before), StringComparison.Ordinal);
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.StartsWith("Received PUBLISH", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_event_is_sent_only_when_its_id_is_given()
    {
        await using var broker = await BrokerAsync(certificates);
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });
        var rows = Rows((await engine.RunAsync("Test-IoTFConnection -Organization abc123 -DeviceType gwt -DeviceId gw1 -Gateway @service -EventId trial")).OrFail());
        Assert.Equal("Passed", rows.Single(row => row.Step == "Publish").Result);
        await broker.Log.WaitForAsync(line => line.StartsWith("Received PUBLISH from g:abc123:gwt:gw1", StringComparison.Ordinal)
            && line.Contains("iot-2/type/gwt/id/gw1/evt/trial/fmt/json", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_application_is_told_by_its_key()
    {
        const string Key = "a-abc123-key4567890";
        await using var broker = await BrokerAsync(certificates, Key);
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });
        var rows = Rows((await engine.RunAsync($"Test-IoTFConnection -ApiKey {Key} -ApplicationId dash @service")).OrFail());
        Assert.Equal("Passed", rows.Single(row => row.Step == "Subscribe").Result);
        await broker.WaitForConnectAsync("a:abc123:dash");
    }

    private static Task<MosquittoBroker> BrokerAsync(TestCertificates certificates, string user = Service.DeviceUser) => MosquittoBroker.StartAsync(new MosquittoOptions
    {
        Plain = false,
        Tls = certificates.Server(),
        Users = new Dictionary<string, string> { [user] = Service.Token },
    });

    private async Task<ScriptResult> RunAsync(int port, string script, int timeout, int? proxy = null)
    {
        using var engine = new ScriptEngine();
        return await engine.RunAsync(
            TimeSpan.FromMinutes(2),
            $"param($port, $token, $authority, $timeout, $proxy, $login) {script}",
            port, Service.Secret(Service.Token), certificates.AuthorityFile, timeout, $"http://127.0.0.1:{proxy ?? 1}",
            new PSCredential(TinyProxy.User, Service.Secret(TinyProxy.Password)));
    }

    private static IReadOnlyList<Row> Rows(ScriptResult result) => [.. result.Output.Select(output =>
    {
        dynamic step = output;
        return new Row((string)step.Step, (string)step.Result, (string)step.Detail, (string)step.Advice, (string?)step.ErrorId);
    })];

    private sealed record Row(string Step, string Result, string Detail, string Advice, string? ErrorId);

    /// <summary>A situation: what listens where, and how it is tested.</summary>
    private sealed class Scene : IAsyncDisposable
    {
        private const string Trusting = "-HostName 127.0.0.1 -CACertificate $authority " + Device;

        private readonly List<object> things = [];

        public int Port { get; private set; }

        public int? Proxy { get; private set; }

        public string Parameters { get; private set; } = Trusting;

        public static async Task<Scene> MakeAsync(string situation, TestCertificates certificates)
        {
            var scene = new Scene();
            switch (situation)
            {
                case "closed port":
                    scene.Port = scene.Add(new ClosedPort()).Port;
                    break;
                case "silent port":
                    scene.Port = scene.Add(new SilentServer()).Port;
                    break;
                case "wrong name":
                    scene.Port = scene.Add(await OpenSslServer.StartAsync(TlsVersion.Tls12, certificates.Server("other.example.test"))).Port;
                    break;
                case "unknown authority":
                    scene.Port = scene.Add(await OpenSslServer.StartAsync(TlsVersion.Tls12, certificates.ServerOfUnknownAuthority())).Port;
                    break;
                case "expired certificate":
                    scene.Port = scene.Add(await OpenSslServer.StartAsync(TlsVersion.Tls12, certificates.ExpiredServer())).Port;
                    break;
                case "TLS 1.1 only":
                    scene.Port = scene.Add(await OpenSslServer.StartAsync(TlsVersion.Tls11, certificates.Server())).Port;
                    break;
                case "plain-text server":
                    scene.Port = scene.Add(new PlainServer()).Port;
                    break;
                case "wrong token":
                    scene.Port = scene.Add(await MosquittoBroker.StartAsync(new MosquittoOptions
                    {
                        Plain = false,
                        Tls = certificates.Server(),
                        Users = new Dictionary<string, string> { [Service.DeviceUser] = "another token" },
                    })).TlsPort;
                    break;
                case "name that does not exist":
                    scene.Port = 8883;
                    scene.Parameters = Trusting.Replace("127.0.0.1", "no-such-host.invalid", StringComparison.Ordinal);
                    break;
                case "wrong device type":
                    scene.Port = 8883;
                    scene.Parameters = "-DeviceType 'water pump' -DeviceId p1 -Token $token";
                    break;
                case "no token":
                    scene.Port = 8883;
                    scene.Parameters = "-DeviceType pump -DeviceId p1";
                    break;
                default:
                    scene.Port = scene.Add(await BrokerAsync(certificates)).TlsPort;
                    await scene.AddProxyAsync(situation);
                    break;
            }

            return scene;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var thing in Enumerable.Reverse(things))
            {
                if (thing is IAsyncDisposable later)
                {
                    await later.DisposeAsync();
                }
                else
                {
                    ((IDisposable)thing).Dispose();
                }
            }
        }

        private async Task AddProxyAsync(string situation)
        {
            switch (situation)
            {
                case "proxy that refuses":
                    Proxy = Add(await TinyProxy.StartAsync(onlyPort: 443)).Port;
                    Parameters += "-Proxy $proxy -ProxyCredential $login";
                    break;
                case "proxy that works":
                    Proxy = Add(await TinyProxy.StartAsync()).Port;
                    Parameters += "-Proxy $proxy -ProxyCredential $login";
                    break;
                case "proxy with another password":
                    Proxy = Add(await TinyProxy.StartAsync()).Port;
                    Parameters += "-Proxy $proxy";
                    break;
                case "no proxy there":
                    Proxy = Add(new ClosedPort()).Port;
                    Parameters += "-Proxy $proxy";
                    break;
                case "no WebSocket there":
                    Parameters += "-WebSocket";
                    break;
            }
        }

        private T Add<T>(T thing)
            where T : notnull
        {
            things.Add(thing);
            return thing;
        }
    }
}
