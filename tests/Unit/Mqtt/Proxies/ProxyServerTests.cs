using IoTF.Mqtt.Proxies;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Proxies;

public sealed class ProxyServerTests
{
    [Theory]
    [InlineData("http://proxy.example.test:3128", "http://proxy.example.test:3128")]
    [InlineData("http://proxy.example.test/", "http://proxy.example.test:80")]
    [InlineData("proxy.example.test:3128", "http://proxy.example.test:3128")]
    [InlineData("10.1.2.3:8080", "http://10.1.2.3:8080")]
    [InlineData("https://proxy.example.test", "https://proxy.example.test:443")]
    [InlineData("socks5://proxy.example.test", "socks5://proxy.example.test:1080")]
    [InlineData("socks5h://[::1]:9050", "socks5://[::1]:9050")]
    [InlineData("SOCKS5://Proxy:1", "socks5://proxy:1")]
    public void Scheme_host_and_port_are_read(string text, string expected)
    {
        Assert.True(ProxyServer.TryParse(text, out var proxy));
        Assert.Equal(expected, proxy.ToString());
        Assert.Null(proxy.Credential);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("http://")]
    [InlineData("ftp://proxy:21")]
    [InlineData("socks4://proxy:1080")]
    [InlineData("http://proxy:3128/path")]
    [InlineData("http://proxy:99999")]
    [InlineData("http://two words:3128")]
    public void What_is_no_proxy_is_said_to_be_none(string? text) => Assert.False(ProxyServer.TryParse(text, out _));

    [Fact]
    public void User_and_password_are_read_and_never_shown()
    {
        Assert.True(ProxyServer.TryParse("http://bob%40plant:p%3Ass:word@proxy:3128", out var proxy));
        Assert.Equal(("bob@plant", "p:ss:word"), (proxy.Credential!.UserName, proxy.Credential.Password));
        Assert.Equal("http://proxy:3128", proxy.ToString());
    }

    [Fact]
    public void Two_proxies_are_the_same_when_their_users_are()
    {
        Assert.True(ProxyServer.TryParse("http://bob:one@proxy:3128", out var one));
        Assert.True(ProxyServer.TryParse("http://bob:one@proxy:3128", out var same));
        Assert.True(ProxyServer.TryParse("http://bob:two@proxy:3128", out var other));
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.NotEqual(one, one with { UseDefaultCredentials = true });
    }

    [Theory]
    [InlineData("https_proxy=a HTTPS_PROXY=b all_proxy=c ALL_PROXY=d", "https_proxy")]
    [InlineData("HTTPS_PROXY=b all_proxy=c", "HTTPS_PROXY")]
    [InlineData("all_proxy=c ALL_PROXY=d", "all_proxy")]
    [InlineData("ALL_PROXY=d", "ALL_PROXY")]
    [InlineData("https_proxy= ALL_PROXY=d", "ALL_PROXY")]
    [InlineData("HTTP_PROXY=e", null)]
    [InlineData("", null)]
    public void The_environment_names_the_proxy(string variables, string? name) =>
        Assert.Equal(name, Find("main.messaging.example.test", 443, variables)?.Name);

    [Theory]
    [InlineData("*", "any.example.test", true)]
    [InlineData("example.test", "example.test", true)]
    [InlineData("example.test", "a.b.Example.test", true)]
    [InlineData("example.test", "notexample.test", false)]
    [InlineData(".example.test", "a.example.test", true)]
    [InlineData("*.example.test", "a.example.test", true)]
    [InlineData("other.test,,example.test", "example.test", true)]
    [InlineData("other.test, example.test:443", "example.test", true)]
    [InlineData("example.test:8883", "example.test", false)]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "10.1.2.3", true)]
    [InlineData("192.168.0.0/16", "10.1.2.3", false)]
    [InlineData("10.1.2.3:443", "10.1.2.3", true)]
    [InlineData("fd00::/8", "fd00::1", true)]
    [InlineData("fd00::1", "fd00:0::1", true)]
    [InlineData("3", "10.1.2.3", false)]
    public void NO_PROXY_lists_the_hosts_that_are_reached_directly(string list, string hostName, bool direct)
    {
        Assert.Equal(direct, Find(hostName, 443, $"HTTPS_PROXY=a NO_PROXY={list.Replace(" ", "")}") is null);
        Assert.Equal(direct, Find(hostName, 443, $"HTTPS_PROXY=a no_proxy={list.Replace(" ", "")}") is null);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("broker.localhost")]
    [InlineData("127.3.2.1")]
    [InlineData("::1")]
    public void This_machine_is_always_reached_directly(string hostName) => Assert.Null(Find(hostName, 8883, "HTTPS_PROXY=a ALL_PROXY=b"));

    private static (string Name, string Value)? Find(string hostName, int port, string variables)
    {
        var all = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[1]);
        return EnvironmentProxies.Find(hostName, port, name => all.GetValueOrDefault(name));
    }
}
