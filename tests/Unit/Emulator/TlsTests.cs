using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class TlsTests : EmulatorTest
{
    [Theory]
    [InlineData("localhost", "localhost")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("::1", "::1")]
    public async Task A_client_that_trusts_only_the_authority_verifies_the_server_by_each_of_its_names(string address, string name)
    {
        if (address == "::1" && !Socket.OSSupportsIPv6)
        {
            return;
        }

        using var tcp = new TcpClient(address, Emulator.Port);
        await using var tls = new SslStream(tcp.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = name,
            CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { Emulator.CertificateAuthority },
                RevocationMode = X509RevocationMode.NoCheck,
            },
        });

        Assert.Equal(SslProtocols.Tls12, tls.SslProtocol);
    }

    [Fact]
    public async Task A_client_that_does_not_trust_the_authority_refuses_the_server()
    {
        var fault = await Assert.ThrowsAsync<LinkException>(() => DialAsync(new TlsDemands()));
        Assert.Equal(LinkFailure.CertificateUntrusted, fault.Failure);
    }

    [Fact]
    public async Task A_client_that_wants_TLS_1_3_is_refused_for_its_version()
    {
        var fault = await Assert.ThrowsAsync<LinkException>(() =>
            DialAsync(new TlsDemands { Protocols = SslProtocols.Tls13, TrustedAuthorities = [Emulator.CertificateAuthority] }));
        Assert.Equal(LinkFailure.TlsVersionRefused, fault.Failure);
    }

    [Fact]
    public async Task TLS_1_3_is_offered_when_it_was_asked_for()
    {
        await using var modern = await LocalEmulator.StartAsync(Options with { TlsVersions = SslProtocols.Tls12 | SslProtocols.Tls13 }, CancellationToken.None);
        var demands = new TlsDemands { Protocols = SslProtocols.Tls13, TrustedAuthorities = [modern.CertificateAuthority] };
        await using var stream = await Dialer.DialAsync(new DialTarget("localhost", modern.Port, demands), CancellationToken.None);
        Assert.Equal(SslProtocols.Tls13, Assert.IsType<SslStream>(stream).SslProtocol);
    }

    [Fact]
    public async Task Plain_text_on_the_TLS_port_is_closed_and_said()
    {
        await using var stream = await Dialer.DialAsync(new DialTarget("127.0.0.1", Emulator.Port, Tls: null), CancellationToken.None);
        await stream.WriteAsync(new byte[] { 0x10, 0x0C, 0, 4, (byte)'M', (byte)'Q', (byte)'T', (byte)'T', 4, 2, 0, 60, 0, 0 });
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var buffer = new byte[64];
        try
        {
            while (await stream.ReadAsync(buffer, bound.Token) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset instead of closed in order: the same to the client.
        }

        Assert.Equal(163, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    public async Task A_host_name_of_another_organization_in_the_handshake_is_answered_with_5()
    {
        using var tcp = new TcpClient("127.0.0.1", Emulator.Port);
        var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("other1.messaging.example.com");
        await using var link = new Link(tls, new LinkOptions { Version = MqttVersion.V311 });
        link.Send(RawClient.ConnectPacket(Device));
        var connAck = Assert.IsType<MqttConnAckPacket>(await link.ReadAsync(CancellationToken.None));
        Assert.Equal(MqttConnectReturnCode.ConnectionRefusedNotAuthorized, connAck.ReturnCode);
    }

    [Fact]
    public async Task The_authority_stays_the_same_for_the_process_and_shows_no_private_key()
    {
        await using var second = await LocalEmulator.StartAsync(Options, CancellationToken.None);
        Assert.Equal(Emulator.CertificateAuthority.Thumbprint, second.CertificateAuthority.Thumbprint);
        Assert.False(second.CertificateAuthority.HasPrivateKey);
    }

    private async Task DialAsync(TlsDemands demands)
    {
        await using var stream = await Dialer.DialAsync(new DialTarget("localhost", Emulator.Port, demands), CancellationToken.None);
    }
}
