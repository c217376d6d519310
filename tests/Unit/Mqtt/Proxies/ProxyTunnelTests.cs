using System.Net;
using System.Net.Sockets;
using System.Text;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Proxies;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using IoTF.Tests.Unit.Mqtt.Transport;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Proxies;

public sealed class ProxyTunnelTests
{
    private const string Opened = "HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n";

    [Theory]
    [InlineData("main.example.test", "main.example.test:8883", null)]
    [InlineData("fd00::1", "[fd00::1]:8883", "bob:secret")]
    public async Task An_HTTP_proxy_is_asked_for_the_host_by_its_name_and_gets_no_password_unasked(string hostName, string authority, string? user)
    {
        var request = "";
        await using var server = LocalServer.Does(async stream =>
        {
            request = await HttpText.ReadHeadAsync(stream);
            await HttpText.WriteAsync(stream, Opened + "behind");
        });
        await using var stream = await DialAsync(server, "http", user, hostName);
        var behind = new byte[6];
        await stream.ReadExactlyAsync(behind);

        Assert.Equal("behind", Encoding.ASCII.GetString(behind));
        Assert.StartsWith($"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n", request, StringComparison.Ordinal);
        Assert.DoesNotContain("Authorization", request, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Basic realm=\"a, Negotiate \\\", b\"", "bob", "bob:secret")]
    [InlineData("Digest realm=\"x\", nonce=\"y\", Basic realm=\"x\"", "bob", "bob:secret")]
    [InlineData("basic", "PLANT%5Cbob", "PLANT\\bob:secret")]
    public async Task A_password_is_sent_by_Basic_when_the_proxy_asks_for_that(string challenge, string user, string expected)
    {
        var requests = await AnswerAsync(
            user,
            ["HTTP/1.1 407 No\r\nProxy-Authenticate: " + challenge + "\r\nContent-Length: 0\r\n\r\n"],
            [Opened]);
        Assert.DoesNotContain("Authorization", requests[0], StringComparison.Ordinal);
        Assert.Contains($"Proxy-Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(expected))}\r\n", requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_whose_schemes_are_not_spoken_is_told_with_their_names()
    {
        await using var server = LocalServer.Says(Encoding.ASCII.GetBytes("HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm=\"x\", nonce=\"y\"\r\n\r\n"));
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, "http", "bob:secret"));
        Assert.Equal(LinkFailure.ProxyAuthenticationRequired, exception.Failure);
        Assert.Contains("demands Digest, and none of Negotiate, NTLM and Basic", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Negotiate, NTLM", "Negotiate NTLM")]
    [InlineData("NTLM TlRMTVNTUAACAAAA==", "NTLM")]
    [InlineData("Basic realm=\"a, NTLM\", charset=\"UTF-8\", Negotiate", "Negotiate Basic")]
    [InlineData("Digest realm=\"x\"", "")]
    public void The_challenges_of_one_line_are_told_apart(string line, string preferred)
    {
        Assert.True(ProxyServer.TryParse("http://bob:secret@proxy", out var proxy));
        var head = new HttpHead(407, [("Proxy-Authenticate", line)]);
        Assert.Equal(preferred, string.Join(' ', ProxyChallenges.Preferred(head, proxy)));
        Assert.Empty(ProxyChallenges.Preferred(head, proxy with { Credential = null }));
    }

    [Fact]
    public void A_user_of_a_domain_is_told_apart()
    {
        var credential = ProxyServer.CredentialOf(@"PLANT\bob", "secret");
        Assert.Equal(("PLANT", "bob", "secret"), (credential.Domain, credential.UserName, credential.Password));
        Assert.Equal(("", "bob@plant.example"), (ProxyServer.CredentialOf("bob@plant.example", "x").Domain, ProxyServer.CredentialOf("bob@plant.example", "x").UserName));
        Assert.True(ProxyServer.TryParse("http://PLANT%5Cbob:secret@proxy", out var proxy));
        Assert.Equal(("PLANT", "bob"), (proxy.Credential!.Domain, proxy.Credential.UserName));
    }

    [Fact]
    public void The_settings_of_the_system_are_asked_as_for_HTTPS()
    {
        var settings = new WebProxy("http://proxy.example.test:3128", BypassOnLocal: true, ["direct\\.example\\.test"]);
        Assert.Equal("http://proxy.example.test:3128", SystemProxies.Find(settings, "main.example.test", 8883)?.TrimEnd('/'));
        Assert.Null(SystemProxies.Find(settings, "direct.example.test", 8883));
        Assert.Null(SystemProxies.Find(settings, "localhost", 8883));
        Assert.Null(SystemProxies.Find(settings, "::1", 8883));
        Assert.Equal("http://proxy.example.test:3128", SystemProxies.Find(settings, "2001:db8::1", 443)?.TrimEnd('/'));
    }

    [Theory]
    [InlineData("HTTP/1.1 403 Forbidden\r\n\r\n", LinkFailure.ProxyRefused)]
    [InlineData("HTTP/1.1 405 Method Not Allowed\r\n\r\n", LinkFailure.ProxyRefused)]
    [InlineData("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Digest realm=\"x\"\r\n\r\n", LinkFailure.ProxyAuthenticationRequired)]
    [InlineData("HTTP/1.0 401 Unauthorized\r\n\r\n", LinkFailure.ProxyAuthenticationRequired)]
    [InlineData("HTTP/1.0 502 Bad Gateway\r\n\r\n", LinkFailure.ProxyCouldNotConnect)]
    [InlineData("HTTP/1.1 504 Gateway Timeout\r\n\r\n", LinkFailure.ProxyCouldNotConnect)]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", LinkFailure.ProxyUnreachable)]
    [InlineData("", LinkFailure.ProxyUnreachable)]
    public async Task An_answer_that_opens_nothing_is_told_apart_and_shows_no_password(string answer, LinkFailure failure)
    {
        await using var server = LocalServer.Says(Encoding.ASCII.GetBytes(answer));
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, "http", "bob:secret"));
        Assert.True(failure == exception.Failure, $"{exception.Failure}: {exception.Message}");
        Assert.Contains($"http://127.0.0.1:{server.Port}", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_does_not_listen_is_blamed_and_not_the_host()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var target = Target($"http://127.0.0.1:{((IPEndPoint)held.LocalEndPoint!).Port}", "main.example.test");
        var exception = await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(target, default));
        Assert.Equal(LinkFailure.ProxyUnreachable, exception.Failure);
    }

    [Fact]
    public async Task A_proxy_may_be_spoken_to_over_TLS()
    {
        var authority = TestAuthority.Create("IoTF proxy authority");
        await using var server = LocalServer.Tls(authority.Issue("localhost"));
        var target = Target($"https://localhost:{server.Port}", "main.example.test") with { Tls = new TlsDemands { TrustedAuthorities = [authority.Certificate] } };

        // That server sends one byte back and no more, which is not HTTP.
        var exception = await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(target, default).WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.ProxyUnreachable, exception.Failure);
        Assert.Equal("localhost", await server.HostName.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_proxy_whose_certificate_is_not_trusted_is_left()
    {
        await using var server = LocalServer.Tls(TestAuthority.Create("IoTF unknown authority").Issue("localhost"));
        var exception = await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(Target($"https://bob:secret@localhost:{server.Port}", "main.example.test"), default));
        Assert.Equal(LinkFailure.ProxyUnreachable, exception.Failure);
        Assert.Contains("not trusted", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("main.example.test", "03 11 6D61696E2E6578616D706C652E74657374 22B3")]
    [InlineData("10.1.2.3", "01 0A010203 22B3")]
    [InlineData("::1", "04 00000000000000000000000000000001 22B3")]
    public async Task A_SOCKS_proxy_is_given_the_host_as_it_is(string hostName, string address)
    {
        var expected = Hex($"05 01 00 {address}");
        var request = new byte[expected.Length];
        await using var server = LocalServer.Does(async stream =>
        {
            await ExpectAsync(stream, "05 01 00");
            await stream.WriteAsync(Hex("05 00"));
            await stream.ReadExactlyAsync(request);
            await stream.WriteAsync(Hex("05 00 00 03 04 61626364 0000 62656869 6E64"));
        });
        await using var stream = await DialAsync(server, "socks5", user: null, hostName);
        var behind = new byte[6];
        await stream.ReadExactlyAsync(behind);
        Assert.Equal("behind", Encoding.ASCII.GetString(behind));
        Assert.Equal(expected, request);
    }

    [Fact]
    public async Task A_SOCKS_proxy_gets_user_and_password_when_it_asks_for_them()
    {
        await using var server = LocalServer.Does(async stream =>
        {
            await ExpectAsync(stream, "05 02 00 02");
            await stream.WriteAsync(Hex("05 02"));
            await ExpectAsync(stream, "01 03 626F62 06 736563726574");
            await stream.WriteAsync(Hex("01 00"));
            await ExpectAsync(stream, "05 01 00 01 0A010203 22B3");
            await stream.WriteAsync(Hex("05 00 00 01 00000000 0000"));
        });
        await using var stream = await DialAsync(server, "socks5", "bob:secret", "10.1.2.3");
    }

    [Theory]
    [InlineData("05 FF", LinkFailure.ProxyAuthenticationRequired)]
    [InlineData("05 02", LinkFailure.ProxyAuthenticationRequired)]
    [InlineData("05 01", LinkFailure.ProxyUnreachable)]
    [InlineData("04 00", LinkFailure.ProxyUnreachable)]
    [InlineData("48 54", LinkFailure.ProxyUnreachable)]
    [InlineData("05", LinkFailure.ProxyUnreachable)]
    [InlineData("05 00 05 01 00 01", LinkFailure.ProxyCouldNotConnect)]
    [InlineData("05 00 05 02 00 01", LinkFailure.ProxyRefused)]
    [InlineData("05 00 05 03 00 01", LinkFailure.ProxyCouldNotConnect)]
    [InlineData("05 00 05 05 00 01", LinkFailure.ProxyCouldNotConnect)]
    [InlineData("05 00 05 07 00 01", LinkFailure.ProxyRefused)]
    [InlineData("05 00 05 00 00 09", LinkFailure.ProxyUnreachable)]
    [InlineData("05 00 05 00 00 01 00", LinkFailure.ProxyUnreachable)]
    public async Task What_a_SOCKS_proxy_answers_otherwise_is_told_apart(string answer, LinkFailure failure)
    {
        await using var server = LocalServer.Does(async stream =>
        {
            await ExpectAsync(stream, "05 01 00");
            await stream.WriteAsync(Hex(answer));
            stream.Socket.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null);
        });
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, "socks5", user: null));
        Assert.True(failure == exception.Failure, $"{exception.Failure}: {exception.Message}");
    }

    [Fact]
    public async Task A_wrong_password_at_a_SOCKS_proxy_is_not_shown()
    {
        await using var server = LocalServer.Does(async stream =>
        {
            await ExpectAsync(stream, "05 02 00 02");
            await stream.WriteAsync(Hex("05 02"));
            await ExpectAsync(stream, "01 03 626F62 06 736563726574");
            await stream.WriteAsync(Hex("01 01"));
        });
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, "socks5", "bob:secret"));
        Assert.Equal(LinkFailure.ProxyAuthenticationRequired, exception.Failure);
        Assert.DoesNotContain("secret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_never_answers_ends_with_the_token()
    {
        await using var server = LocalServer.Silent();
        using var source = new CancellationTokenSource();
        var dialling = Dialer.DialAsync(Target($"http://127.0.0.1:{server.Port}", "main.example.test"), source.Token);
        await server.Accepted.Task.WaitAsync(Patience.Limit);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_proxy_of_a_domain_is_answered_on_one_connection()
    {
        // .NET's own NTLM needs no library of the system.
        AppContext.SetSwitch("System.Net.Security.UseManagedNtlm", isEnabled: true);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var requests = new List<string>();
        var serving = Task.Run(async () =>
        {
            using (var first = await listener.AcceptTcpClientAsync())
            {
                requests.Add(await HttpText.ReadHeadAsync(first.GetStream()));
                await HttpText.WriteAsync(first.GetStream(), "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"x\", NTLM\r\nContent-Length: 2\r\n\r\nno");
            }

            using var second = await listener.AcceptTcpClientAsync();
            requests.Add(await HttpText.ReadHeadAsync(second.GetStream()));
            await HttpText.WriteAsync(second.GetStream(), $"HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM {NtlmChallenge()}\r\nContent-Length: 2\r\n\r\nno");
            requests.Add(await HttpText.ReadHeadAsync(second.GetStream()));
            await HttpText.WriteAsync(second.GetStream(), Opened);
        });

        await using var stream = await Dialer.DialAsync(Target($"http://PLANT%5Cbob:secret@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "main.example.test"), default)
            .WaitAsync(Patience.Limit);
        await serving.WaitAsync(Patience.Limit);
        Assert.Equal([1, 3], requests.Skip(1).Select(NtlmMessageType));
    }

    /// <summary>Dials through a proxy that gives these answers, those of each connection in a row.</summary>
    /// <returns>The requests.</returns>
    private static async Task<IReadOnlyList<string>> AnswerAsync(string user, params string[][] connections)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var requests = new List<string>();
        var serving = Task.Run(async () =>
        {
            foreach (var answers in connections)
            {
                using var client = await listener.AcceptTcpClientAsync();
                foreach (var answer in answers)
                {
                    requests.Add(await HttpText.ReadHeadAsync(client.GetStream()));
                    await HttpText.WriteAsync(client.GetStream(), answer);
                }
            }
        });
        var target = Target($"http://{user}:secret@127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "main.example.test");
        await using var stream = await Dialer.DialAsync(target, default).WaitAsync(Patience.Limit);
        await serving.WaitAsync(Patience.Limit);
        return requests;
    }

    private static byte NtlmMessageType(string request)
    {
        const string Mark = "Proxy-Authorization: NTLM ";
        var line = request.Split("\r\n").Single(line => line.StartsWith(Mark, StringComparison.Ordinal));
        var message = Convert.FromBase64String(line[Mark.Length..]);
        Assert.Equal("NTLMSSP\0"u8.ToArray(), message[..8]);
        return message[8];
    }

    /// <summary>A CHALLENGE_MESSAGE (MS-NLMP §2.2.1.2) that names a computer and its domain, as .NET demands.</summary>
    private static string NtlmChallenge() => Convert.ToBase64String(Hex(
        "4E544C4D53535000 02000000 0000 0000 38000000 158289E2 0123456789ABCDEF 0000000000000000 1000 1000 38000000 0000000000000000 0100 0200 4100 0200 0200 4200 00000000"));

    private static async Task ExpectAsync(Stream stream, string hex)
    {
        var expected = Hex(hex);
        var read = new byte[expected.Length];
        await stream.ReadExactlyAsync(read);
        Assert.Equal(expected, read);
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", ""));

    private static Task<Stream> DialAsync(LocalServer server, string scheme, string? user, string hostName = "main.example.test") =>
        Dialer.DialAsync(Target($"{scheme}://{(user is null ? "" : $"{user}@")}127.0.0.1:{server.Port}", hostName), default).WaitAsync(Patience.Limit);

    private static DialTarget Target(string proxy, string hostName)
    {
        Assert.True(ProxyServer.TryParse(proxy, out var server));
        return new DialTarget(hostName, 8883, Tls: null) { Proxy = server };
    }
}
