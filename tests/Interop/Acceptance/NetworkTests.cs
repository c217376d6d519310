using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Proxies;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Through real proxies and over WebSocket to a real broker.</summary>
public sealed class NetworkTests : IAsyncLifetime
{
    private const string Connect = "Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service ";
    private const string SendsOne = "; @{ n = 1 } | Send-IoTFEvent status -PassThru";

    private readonly TestCertificates certificates = new();
    private MosquittoBroker broker = null!;

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync(new MosquittoOptions
    {
        Tls = certificates.Server(),
        WebSocket = true,
        Users = new Dictionary<string, string> { [Service.DeviceUser] = Service.Token },
    });

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        certificates.Dispose();
    }

    public static TheoryData<string> Ways { get; } = new() { "Tls", "Plain", "WebSocket" };

    [Theory]
    [InlineData("3.1")]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task WebSocket_over_TLS_carries_messages(string version)
    {
        using var engine = new ScriptEngine(ServiceAt("WebSocket"));
        var result = await engine.RunAsync($"param($version) {Connect} -WebSocket -ProtocolVersion $version{SendsOne}", version);
        result.OrFail();
        dynamic session = result.Output[0];
        Assert.Equal("/mqtt", (string)session.WebSocketPath);
        Assert.Equal(2, result.Output.Count);
        (await engine.RunAsync("Disconnect-IoTFSession")).OrFail();
        await broker.WaitForDisconnectAsync("d:abc123:pump:p1");
    }

    [Fact]
    public async Task A_port_that_speaks_MQTT_only_takes_no_WebSocket()
    {
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        Refusals.HasIdAndNextStep("WebSocketRefused", await engine.RunAsync($"{Connect} -WebSocket"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task An_HTTP_proxy_with_a_password_is_gone_through(string way)
    {
        await using var proxy = await TinyProxy.StartAsync();
        using var engine = new ScriptEngine(ServiceAt(way));
        var result = await engine.RunAsync(
            $"param($credential, $proxy) {Connect} -WebSocket:${way == "WebSocket"} -Proxy $proxy -ProxyCredential $credential{SendsOne}",
            Login(TinyProxy.User, TinyProxy.Password),
            $"http://127.0.0.1:{proxy.Port}");
        result.OrFail();
        Assert.Equal(2, result.Output.Count);
        dynamic session = result.Output[0];
        Assert.Equal($"http://127.0.0.1:{proxy.Port}", (string)session.Proxy);
        await proxy.WaitForRequestAsync("127.0.0.1", PortOf(way));
    }

    [Theory]
    [InlineData("")]
    [InlineData("bob:wrong-pass-phrase@")]
    public async Task A_proxy_that_wants_another_password_is_an_error_that_does_not_show_it(string user)
    {
        await using var proxy = await TinyProxy.StartAsync();
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        var error = Refusals.HasIdAndNextStep("ProxyAuthenticationRequired", await engine.RunAsync($"param($proxy) {Connect} -Proxy $proxy", $"http://{user}127.0.0.1:{proxy.Port}"));
        Assert.DoesNotContain("wrong-pass-phrase", error.ToString() + error.Exception + error.NextStep(), StringComparison.Ordinal);
        Assert.Contains("-ProxyCredential", error.NextStep(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_does_not_allow_the_port_is_an_error()
    {
        await using var proxy = await TinyProxy.StartAsync(onlyPort: 443);
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        Refusals.HasIdAndNextStep(
            "ProxyRefused", await engine.RunAsync($"param($proxy) {Connect} -Proxy $proxy", $"http://{TinyProxy.User}:{TinyProxy.Password}@127.0.0.1:{proxy.Port}"));
    }

    [Fact]
    public async Task A_proxy_that_does_not_listen_is_an_error()
    {
        using var closed = new ClosedPort();
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        Refusals.HasIdAndNextStep("ProxyUnreachable", await engine.RunAsync($"param($proxy) {Connect} -Proxy $proxy", $"http://127.0.0.1:{closed.Port}"));
    }

    [Fact]
    public async Task A_port_behind_the_proxy_that_is_closed_is_an_error()
    {
        using var closed = new ClosedPort();
        await using var proxy = await MicroSocks.StartAsync(withPassword: false);
        using var engine = new ScriptEngine(new Service(closed.Port) { AuthorityFile = certificates.AuthorityFile });
        Refusals.HasIdAndNextStep("ProxyCouldNotConnect", await engine.RunAsync($"param($proxy) {Connect} -Proxy $proxy", $"socks5://127.0.0.1:{proxy.Port}"));
    }

    [Theory]
    [InlineData("Tls", true)]
    [InlineData("Tls", false)]
    [InlineData("WebSocket", true)]
    [InlineData("Plain", false)]
    public async Task A_SOCKS_proxy_is_gone_through_and_resolves_the_name(string way, bool withPassword)
    {
        await using var proxy = await MicroSocks.StartAsync(withPassword);
        var user = withPassword ? $"{MicroSocks.User}:{MicroSocks.Password}@" : "";
        using var engine = new ScriptEngine(ServiceAt(way) with { HostName = "localhost" });
        var result = await engine.RunAsync(
            $"param($proxy) {Connect} -WebSocket:${way == "WebSocket"} -Proxy $proxy{SendsOne}", $"socks5://{user}127.0.0.1:{proxy.Port}");
        result.OrFail();
        Assert.Equal(2, result.Output.Count);
        await proxy.WaitForConnectionAsync("localhost", PortOf(way));
    }

    [Fact]
    public async Task A_SOCKS_proxy_without_the_password_refuses()
    {
        await using var proxy = await MicroSocks.StartAsync(withPassword: true);
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        Refusals.HasIdAndNextStep("ProxyAuthenticationRequired", await engine.RunAsync($"param($proxy) {Connect} -Proxy $proxy", $"socks5://127.0.0.1:{proxy.Port}"));
    }

    [Theory]
    [InlineData("-Proxy ftp://proxy.example.test")]
    [InlineData("-Proxy http://proxy.example.test:3128 -NoProxy")]
    [InlineData("-Proxy http://proxy.example.test:3128 -ProxyUseDefaultCredentials -ProxyCredential $credential")]
    public async Task A_proxy_that_makes_no_sense_is_refused_before_anything_is_sent(string parameters)
    {
        using var engine = new ScriptEngine(ServiceAt("Tls"));
        Refusals.HasIdAndNextStep("InvalidProxy", await engine.RunAsync($"param($credential) {Connect} {parameters}", Login("bob", "secret")));
    }

    [Fact]
    public async Task The_proxy_of_the_environment_is_used_unless_it_is_told_not_to()
    {
        using var closed = new ClosedPort();
        using var engine = new ScriptEngine();
        const string There = "param($token) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Token $token -HostName behind-the-proxy.invalid ";

        (await engine.RunAsync("param($proxy) $env:HTTPS_PROXY = $proxy; $env:NO_PROXY = $null", $"http://bob:secret-word@127.0.0.1:{closed.Port}")).OrFail();
        var error = Refusals.HasIdAndNextStep("ProxyUnreachable", await engine.RunAsync(There, Service.Secret(Service.Token)));
        Assert.DoesNotContain("secret-word", error.ToString() + error.Exception, StringComparison.Ordinal);
        Refusals.HasIdAndNextStep("NameNotResolved", await engine.RunAsync(There + "-NoProxy", Service.Secret(Service.Token)));
    }

    private int PortOf(string way) => way switch
    {
        "Tls" => broker.TlsPort,
        "WebSocket" => broker.WebSocketPort,
        _ => broker.PlainPort,
    };

    private Service ServiceAt(string way) => new(PortOf(way)) { AuthorityFile = way == "Plain" ? null : certificates.AuthorityFile };

    private static PSCredential Login(string user, string password) => new(user, Service.Secret(password));
}
