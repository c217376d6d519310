using System.Net;
using System.Net.Sockets;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class DialerTests
{
    private const string Name = "localhost";
    private static readonly TestAuthority Authority = TestAuthority.Create("IoTF test authority");
    private static readonly TestAuthority Other = TestAuthority.Create("IoTF other authority");

    [Fact]
    public async Task A_server_of_an_authority_that_is_trusted_in_addition_is_connected_and_told_the_host_name()
    {
        await using var server = LocalServer.Tls(Authority.Issue(Name));
        await using var stream = await DialAsync(server, Trusting(Other, Authority));
        await AssertEchoesAsync(stream);
        Assert.Equal(Name, await server.HostName.WaitAsync(Patience.Limit));
        Assert.Equal(SslProtocols.Tls12, Assert.IsType<SslStream>(stream).SslProtocol);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task TCP_looks_for_a_dead_link_when_it_is_asked_to(bool asked)
    {
        await using var server = LocalServer.Silent();
        await using var stream = await Dialer.DialAsync(new DialTarget(Name, server.Port, Tls: null) { TcpKeepAlive = asked }, default).WaitAsync(Patience.Limit);
        var socket = Assert.IsAssignableFrom<NetworkStream>(stream).Socket;
        Assert.Equal(asked ? 1 : 0, socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive));
        if (asked)
        {
            Assert.Equal(60, socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime));
        }
    }

    [Fact]
    public async Task Only_TLS_1_2_is_offered_unless_asked_otherwise()
    {
        await using var both = LocalServer.Tls(Authority.Issue(Name), SslProtocols.Tls12 | SslProtocols.Tls13);
        await using var stream = Assert.IsType<SslStream>(await DialAsync(both, Trusting(Authority)));
        Assert.Equal(SslProtocols.Tls12, stream.SslProtocol);

        await using var newer = LocalServer.Tls(Authority.Issue(Name), SslProtocols.Tls13);
        await using var asked = Assert.IsType<SslStream>(await DialAsync(newer, Trusting(Authority) with { Protocols = SslProtocols.Tls13 }));
        Assert.Equal(SslProtocols.Tls13, asked.SslProtocol);
    }

    [Fact]
    public async Task A_server_that_speaks_only_a_newer_TLS_is_a_matter_of_versions()
    {
        await using var server = LocalServer.Tls(Authority.Issue(Name), SslProtocols.Tls13);
        await AssertFailsAsync(server, Trusting(Authority), LinkFailure.TlsVersionRefused);
    }

    [Fact]
    public async Task A_server_of_an_unknown_authority_is_refused_with_or_without_an_additional_one()
    {
        await using var first = LocalServer.Tls(Authority.Issue(Name));
        await AssertFailsAsync(first, new TlsDemands(), LinkFailure.CertificateUntrusted);
        await using var second = LocalServer.Tls(Authority.Issue(Name));
        await AssertFailsAsync(second, Trusting(Other), LinkFailure.CertificateUntrusted);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused_and_its_names_are_said()
    {
        await using var server = LocalServer.Tls(Authority.Issue("elsewhere.example", IPAddress.Parse("192.0.2.7")));
        var exception = await AssertFailsAsync(server, Trusting(Authority), LinkFailure.CertificateNameMismatch);
        Assert.Contains("elsewhere.example", exception.Message);
        Assert.Contains("192.0.2.7", exception.Message);
    }

    [Theory]
    [InlineData(-5, -2)]
    [InlineData(2, 5)]
    public async Task A_certificate_out_of_its_time_is_refused(int fromDay, int toDay)
    {
        await using var server = LocalServer.Tls(Authority.Issue(Name, fromDay: fromDay, toDay: toDay));
        await AssertFailsAsync(server, Trusting(Authority), LinkFailure.CertificateExpired);
    }

    [Fact]
    public async Task A_certificate_for_other_uses_is_refused_and_one_without_a_list_of_uses_is_taken()
    {
        await using var clients = LocalServer.Tls(Authority.Issue(Name, usage: TestAuthority.ClientUsage));
        await AssertFailsAsync(clients, Trusting(Authority), LinkFailure.CertificateInvalid);
        await using var any = LocalServer.Tls(Authority.Issue(Name, usage: null));
        await using var stream = await DialAsync(any, Trusting(Authority));
        await AssertEchoesAsync(stream);
    }

    [Fact]
    public async Task An_intermediate_authority_that_the_server_sends_completes_the_chain_and_one_it_leaves_out_does_not()
    {
        var intermediate = Authority.Intermediate("IoTF intermediate");
        await using var sending = LocalServer.Tls(intermediate.Issue(Name), SslProtocols.Tls12, intermediate.Certificate);
        await using var stream = await DialAsync(sending, Trusting(Authority));
        await AssertEchoesAsync(stream);

        await using var omitting = LocalServer.Tls(intermediate.Issue(Name));
        await AssertFailsAsync(omitting, Trusting(Authority), LinkFailure.CertificateUntrusted);
    }

    [Fact]
    public async Task An_issuing_authority_is_trusted_by_itself()
    {
        var intermediate = Authority.Intermediate("IoTF issuing authority");
        await using var alone = LocalServer.Tls(intermediate.Issue(Name));
        await using var first = await DialAsync(alone, Trusting(intermediate));
        await AssertEchoesAsync(first);

        // What is above it is neither needed nor in the way.
        await using var whole = LocalServer.Tls(intermediate.Issue(Name), SslProtocols.Tls12, intermediate.Certificate, Authority.Certificate);
        await using var second = await DialAsync(whole, Trusting(Other, intermediate));
        await AssertEchoesAsync(second);
    }

    [Fact]
    public async Task An_issuing_authority_that_is_trusted_excuses_no_other_fault()
    {
        var intermediate = Authority.Intermediate("IoTF issuing authority");
        await using var expired = LocalServer.Tls(intermediate.Issue(Name, fromDay: -5, toDay: -2));
        await AssertFailsAsync(expired, Trusting(intermediate), LinkFailure.CertificateExpired);
        await using var clients = LocalServer.Tls(intermediate.Issue(Name, usage: TestAuthority.ClientUsage));
        await AssertFailsAsync(clients, Trusting(intermediate), LinkFailure.CertificateInvalid);
        await using var elsewhere = LocalServer.Tls(intermediate.Issue("elsewhere.example"));
        await AssertFailsAsync(elsewhere, Trusting(intermediate), LinkFailure.CertificateNameMismatch);
        await using var other = LocalServer.Tls(Authority.Intermediate("IoTF other issuing authority").Issue(Name));
        await AssertFailsAsync(other, Trusting(intermediate), LinkFailure.CertificateUntrusted);

        // Same name, another key.
        await using var renewed = LocalServer.Tls(Authority.Intermediate("IoTF issuing authority").Issue(Name));
        var exception = await AssertFailsAsync(renewed, Trusting(intermediate), LinkFailure.CertificateUntrusted);
        Assert.True(exception.Missing!.HasNamesake);
    }

    [Fact]
    public async Task What_is_missing_of_a_chain_is_named()
    {
        var intermediate = Authority.Intermediate("IoTF issuing authority");
        await using var omitting = LocalServer.Tls(intermediate.Issue(Name));
        var notSent = await AssertFailsAsync(omitting, Trusting(Authority), LinkFailure.CertificateUntrusted);
        Assert.Equal(new MissingAuthority("CN=IoTF issuing authority", Fingerprint: null, HasNamesake: false), notSent.Missing);

        await using var partly = LocalServer.Tls(intermediate.Issue(Name), SslProtocols.Tls12, intermediate.Certificate);
        var rootMissing = await AssertFailsAsync(partly, Trusting(Other), LinkFailure.CertificateUntrusted);
        Assert.Equal(new MissingAuthority("CN=IoTF test authority", Fingerprint: null, HasNamesake: false), rootMissing.Missing);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var own = new CertificateRequest("CN=its own issuer", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        await using var lonely = LocalServer.Tls(own);
        var sent = await AssertFailsAsync(lonely, Trusting(Authority), LinkFailure.CertificateUntrusted);
        Assert.Equal(new MissingAuthority("CN=its own issuer", own.GetCertHashString(HashAlgorithmName.SHA256), HasNamesake: false), sent.Missing);
    }

    [Fact]
    public async Task Nothing_is_downloaded_of_a_certificate_unless_revocation_is_to_be_looked_up()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        var certificate = Authority.Intermediate("IoTF issuing authority").Issue(Name, revocationUrl: $"http://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/");
        foreach (var mode in new[] { X509RevocationMode.NoCheck, X509RevocationMode.Offline })
        {
            // Its issuer is not known, which is when its address would be asked for it.
            await using var server = LocalServer.Tls(certificate);
            await AssertFailsAsync(server, Trusting(Authority) with { RevocationMode = mode }, LinkFailure.CertificateUntrusted);
        }

        Assert.False(mute.Pending());
    }

    [Fact]
    public async Task A_revocation_server_that_never_answers_is_waited_for_no_longer_than_the_token_says()
    {
        using var mute = new TcpListener(IPAddress.Loopback, 0);
        mute.Start();
        await using var server = LocalServer.Tls(Authority.Issue(Name, revocationUrl: $"http://127.0.0.1:{((IPEndPoint)mute.LocalEndpoint).Port}/"));
        using var source = new CancellationTokenSource();
        var target = new DialTarget(Name, server.Port, Trusting(Authority) with { RevocationMode = X509RevocationMode.Online });
        var dialing = Dialer.DialAsync(target, source.Token);
        using var asked = await mute.AcceptTcpClientAsync(source.Token).AsTask().WaitAsync(Patience.Limit);
        Assert.False(dialing.IsCompleted);
        await source.CancelAsync();
        var exception = await Assert.ThrowsAsync<LinkException>(() => dialing.WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.RevocationUnknown, exception.Failure);
    }

    [Fact]
    public async Task A_revocation_that_cannot_be_looked_up_is_not_told_as_one()
    {
        using var held = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        held.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        await using var server = LocalServer.Tls(Authority.Issue(Name, revocationUrl: $"http://127.0.0.1:{((IPEndPoint)held.LocalEndPoint!).Port}/"));
        await AssertFailsAsync(server, Trusting(Authority) with { RevocationMode = X509RevocationMode.Online }, LinkFailure.RevocationUnknown);
    }

    [Fact]
    public async Task A_name_of_its_own_for_TLS_is_sent_and_expected()
    {
        await using var server = LocalServer.Tls(Authority.Issue("main.example.test"));
        await using var stream = await DialAsync(server, Trusting(Authority) with { ServerName = "main.example.test" }, "127.0.0.1");
        await AssertEchoesAsync(stream);
        Assert.Equal("main.example.test", await server.HostName.WaitAsync(Patience.Limit));

        await using var other = LocalServer.Tls(Authority.Issue(dnsName: null, IPAddress.Loopback));
        await AssertFailsAsync(other, Trusting(Authority) with { ServerName = "main.example.test" }, LinkFailure.CertificateNameMismatch, "127.0.0.1");
    }

    [Fact]
    public async Task A_server_that_refuses_the_client_certificate_says_so_before_the_handshake_ends()
    {
        var intermediate = Authority.Intermediate("IoTF issuing authority");
        foreach (var (alert, failure) in new[] { (48, LinkFailure.ClientCertificateRefused), (42, LinkFailure.ClientCertificateRefused), (80, LinkFailure.TlsFailed) })
        {
            // An alert after the first flight, in two pieces.
            await using var server = LocalServer.Does(async stream =>
            {
                await stream.ReadAtLeastAsync(new byte[4096], 1, throwOnEndOfStream: false);
                await stream.WriteAsync(new byte[] { 22, 3, 3, 0, 4, 0, 0, 0, 0, 21, 3, 3 });
                await stream.WriteAsync(new byte[] { 0, 2, 2, (byte)alert });
            });
            var exception = await AssertFailsAsync(server, Trusting(Authority) with { ClientCertificate = intermediate.Issue("pump", usage: TestAuthority.ClientUsage) }, failure);
            Assert.Equal(failure == LinkFailure.ClientCertificateRefused, exception.Message.Contains("issuer 'CN=IoTF issuing authority' was not given", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_server_is_reached_by_an_IP_address_that_is_in_its_certificate()
    {
        await using var server = LocalServer.Tls(Authority.Issue(dnsName: null, IPAddress.Loopback));
        await using var stream = await DialAsync(server, Trusting(Authority), "127.0.0.1");
        await AssertEchoesAsync(stream);
        await using var other = LocalServer.Tls(Authority.Issue(Name));
        await AssertFailsAsync(other, Trusting(Authority), LinkFailure.CertificateNameMismatch, "127.0.0.1");
    }

    [Fact]
    public void What_the_system_trusts_stays_trusted_beside_additional_authorities()
    {
        var verdict = new CertificateVerdict(Name, Trusting(Other));
        using var certificate = Authority.Issue(Name);
        Assert.True(verdict.Judge(this, certificate, chain: null, SslPolicyErrors.None));
        Assert.Null(verdict.Refusal);
    }

    [Fact]
    public void A_wrong_name_is_refused_even_when_the_chain_is_trusted_in_addition()
    {
        var verdict = new CertificateVerdict(Name, Trusting(Authority));
        using var certificate = Authority.Issue("elsewhere.example");
        Assert.False(verdict.Judge(this, certificate, chain: null, SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.Equal(LinkFailure.CertificateNameMismatch, verdict.Refusal?.Failure);
    }

    [Fact]
    public void The_fault_of_a_certificate_that_the_system_knows_the_issuer_of_is_not_blamed_on_its_issuer()
    {
        using var certificate = Authority.Issue(Name, usage: TestAuthority.ClientUsage);
        using var system = new X509Chain();
        system.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        system.ChainPolicy.CustomTrustStore.Add(Authority.Certificate);
        system.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        system.ChainPolicy.ApplicationPolicy.Add(new(TestAuthority.ServerUsage));
        Assert.False(system.Build(certificate));
        var verdict = new CertificateVerdict(Name, Trusting(Other));

        Assert.False(verdict.Judge(this, certificate, system, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.Equal(LinkFailure.CertificateInvalid, verdict.Refusal?.Failure);
    }

    [Fact]
    public void A_server_without_a_certificate_is_refused()
    {
        var verdict = new CertificateVerdict(Name, new TlsDemands());
        Assert.False(verdict.Judge(this, certificate: null, chain: null, SslPolicyErrors.RemoteCertificateNotAvailable));
        Assert.Equal(LinkFailure.CertificateInvalid, verdict.Refusal?.Failure);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData(" \u0002\u0000\u0001")]
    public async Task A_server_that_answers_in_plain_text_does_not_speak_TLS(string answer)
    {
        await using var server = LocalServer.Says(System.Text.Encoding.ASCII.GetBytes(answer));
        await AssertFailsAsync(server, new TlsDemands(), LinkFailure.NotTls);
    }

    [Theory]
    [InlineData("", LinkFailure.TlsUnanswered)]
    [InlineData("16", LinkFailure.TlsFailed)]
    [InlineData("15 03 01 00 02 02 46", LinkFailure.TlsVersionRefused)]
    [InlineData("15 03 03 00 02 02 28", LinkFailure.TlsFailed)]
    [InlineData("15 03 02 00 02 02 28", LinkFailure.TlsVersionRefused)]
    [InlineData("16 03 02 00 2A 02 00 00 26 03 02", LinkFailure.TlsVersionRefused)]
    [InlineData("16 03 01 00 2A 02 00 00 26 03 01", LinkFailure.TlsVersionRefused)]
    public async Task What_the_server_says_first_tells_why_TLS_failed(string start, LinkFailure failure)
    {
        var bytes = Convert.FromHexString(start.Replace(" ", ""));

        // A ServerHello is completed: random, no session id, TLS_RSA_WITH_AES_128_CBC_SHA, no compression.
        byte[] rest = bytes.Length < 11 ? [] : [.. new byte[32], 0x00, 0x00, 0x2F, 0x00];
        await using var server = LocalServer.Says([.. bytes, .. rest]);
        await AssertFailsAsync(server, new TlsDemands(), failure);
    }

    [Fact]
    public async Task A_closed_port_refuses_the_connection()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var exception = await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(new DialTarget("127.0.0.1", port, Tls: null), default));
        Assert.Equal(LinkFailure.Refused, exception.Failure);
    }

    [Theory]
    [InlineData("no-such-host.invalid")]
    [InlineData("two..dots")]
    public async Task A_name_that_has_no_address_is_told_apart(string hostName)
    {
        var exception = await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(new DialTarget(hostName, 1883, Tls: null), default));
        Assert.Equal(LinkFailure.NameNotResolved, exception.Failure);
        Assert.Contains(hostName, exception.Message);
    }

    [Fact]
    public async Task Plain_text_needs_no_TLS_and_gets_none()
    {
        await using var server = LocalServer.Says(1, 2, 3);
        await using var stream = await Dialer.DialAsync(new DialTarget(Name, server.Port, Tls: null), default);
        Assert.IsAssignableFrom<NetworkStream>(stream);
        await stream.WriteAsync(new byte[1]);
        var answer = new byte[3];
        await stream.ReadExactlyAsync(answer);
        Assert.Equal([1, 2, 3], answer);
    }

    [Fact]
    public async Task A_handshake_that_stalls_ends_with_the_token()
    {
        await using var server = LocalServer.Silent();
        using var source = new CancellationTokenSource();
        var dialling = Dialer.DialAsync(new DialTarget(Name, server.Port, new TlsDemands()), source.Token);
        await server.Accepted.Task.WaitAsync(Patience.Limit);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_token_that_has_fired_before_is_a_cancellation_too()
    {
        var fired = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Dialer.DialAsync(new DialTarget("127.0.0.1", 1, Tls: null), fired));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Dialer.DialAsync(new DialTarget(Name, 1, Tls: null), fired));
    }

    [Theory]
    [InlineData("local1.messaging.localhost")]
    [InlineData("LOCAL1.Messaging.LOCALHOST.")]
    public async Task Names_below_localhost_are_this_machine_whatever_its_resolver_knows(string hostName)
    {
        await using var server = LocalServer.Tls(Authority.Issue("*.messaging.localhost"));
        Assert.All(await Dialer.ResolveAsync(new DialTarget(hostName, server.Port, Tls: null), default), static address => Assert.True(IPAddress.IsLoopback(address)));
        await using var stream = await Dialer.DialAsync(new DialTarget(hostName, server.Port, Tls: null), default);
        await server.Accepted.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task The_certificate_of_a_name_below_localhost_is_verified_as_any_other()
    {
        await using var server = LocalServer.Tls(Authority.Issue("*.messaging.localhost"));
        await using var stream = await DialAsync(server, Trusting(Authority), "local1.messaging.localhost");
        await AssertEchoesAsync(stream);
        await using var other = LocalServer.Tls(Authority.Issue("elsewhere.example"));
        await AssertFailsAsync(other, Trusting(Authority), LinkFailure.CertificateNameMismatch, "local1.messaging.localhost");
    }

    private static TlsDemands Trusting(params TestAuthority[] authorities) =>
        new() { TrustedAuthorities = [.. authorities.Select(authority => authority.Certificate)] };

    private static Task<Stream> DialAsync(LocalServer server, TlsDemands demands, string hostName = Name) =>
        Dialer.DialAsync(new DialTarget(hostName, server.Port, demands), default).WaitAsync(Patience.Limit);

    private static async Task<LinkException> AssertFailsAsync(LocalServer server, TlsDemands demands, LinkFailure failure, string hostName = Name)
    {
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server, demands, hostName));
        Assert.True(failure == exception.Failure, $"{exception.Failure}: {exception.Message}");
        return exception;
    }

    private static async Task AssertEchoesAsync(Stream stream)
    {
        await stream.WriteAsync(new byte[] { 42 });
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience.Limit);
        Assert.Equal(42, answer[0]);
    }
}
