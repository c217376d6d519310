using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTF.Client.Connecting;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Proxies;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class OptionsTests : ClientTest
{
    private const string Token = "s3cr3t-T0ken!";

    [Fact]
    public void The_same_options_are_the_same_whatever_objects_hold_them()
    {
        using var certificate = NewCertificate("CN=one");
        Assert.True(Full(certificate, Token).IsSameAs(Full(CertificateLoader.FromDer(certificate.RawData), Token)));
    }

    [Fact]
    public void Every_other_option_makes_another_session()
    {
        using var certificate = NewCertificate("CN=one");
        using var other = NewCertificate("CN=two");
        var options = Full(certificate, Token);
        SessionOptions[] different =
        [
            options with { Credential = CredentialOf("use-token-auth", "another") },
            options with { Credential = CredentialOf("a-abc123-key", Token) },
            options with { Credential = null },
            options with { Identity = ClientIdentity.ForDevice("abc123", "pump", "p2") },
            options with { Endpoint = new ServiceEndpoint("127.0.0.1", 1, secure: false) },
            options with { Version = MqttVersion.V5 },
            options with { Persistent = true },
            options with { SessionExpiry = TimeSpan.FromHours(1) },
            options with { Will = null },
            options with { Will = AWill with { Topic = "iot-2/evt/gone/fmt/json" } },
            options with { Will = AWill with { Payload = [2] } },
            options with { Will = AWill with { QualityOfService = QualityOfService.AtMostOnce } },
            options with { KeepAlive = TimeSpan.FromSeconds(1) },
            options with { ConnectTimeout = TimeSpan.FromSeconds(1) },
            options with { Reconnect = ReconnectOptions.Default },
            options with { RetryConnect = TimeSpan.FromSeconds(1) },
            options with { MaxInFlight = 3 },
            options with { MaxInFlightExactlyOnce = 3 },
            options with { TrustedAuthorities = null },
            options with { TrustedAuthorities = [certificate, other] },
            options with { ClientCertificate = other },
            options with { ClientCertificateIssuers = [other] },
            options with { Proxy = new ProxyServer { Kind = ProxyKind.Http, HostName = "proxy.example.test", Port = 3128 } },
            options with { WebSocketPath = "/mqtt" },
            options with { RevocationMode = X509RevocationMode.Online },
            options with { TlsServerName = "main.example.test" },
            options with { TlsProtocols = System.Security.Authentication.SslProtocols.Tls13 },
            options with { Subscriptions = [] },
            options with { Subscriptions = [new SubscriptionRequest(Commands, MessageKind.Event)] },
        ];
        Assert.All(different, one => Assert.False(options.IsSameAs(one)));
        Assert.All(different, one => Assert.False(one.IsSameAs(options)));

        // One for each option: who adds an option adds its difference here (the credential has three, two of the lists two, the will four).
        Assert.Equal(typeof(SessionOptions).GetProperties().Length + 7, different.Length);
    }

    [Fact]
    public async Task The_token_is_in_no_text_of_a_session()
    {
        var options = Device with { Credential = CredentialOf("use-token-auth", Token) };
        var session = NewSession(options);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        Assert.Equal(Token, System.Text.Encoding.UTF8.GetString((await peer.ReceiveAsync<MqttConnectPacket>()).Password));
        await peer.SendBytesAsync(0x20, 0x02, 0x00, 0x05);
        var thrown = await Record.ExceptionAsync(() => opening.WaitAsync(Deadline.Limit));
        string[] texts =
        [
            options.ToString(), $"{options.Credential}", thrown.ToString(), session.Fault!.ToString(), session.Counters.ToString(), $"{session}",
            string.Join(" ", session.TakeNotices()), System.Text.Json.JsonSerializer.Serialize(options.Credential),
        ];
        Assert.All(texts, text => Assert.DoesNotContain(Token, text));
        Assert.Contains("use-token-auth", texts[0]);
    }

    [Fact]
    public void A_credential_keeps_its_own_copy_of_the_secret()
    {
        var secret = Secret(Token);
        using var credential = new Credential("user", secret);
        secret.Dispose();
        using var same = CredentialOf("user", Token);
        Assert.True(credential.IsSameAs(same));
        Assert.False(credential.IsSameAs(null));
    }

    private SessionOptions Full(X509Certificate2 certificate, string token) => Device with
    {
        Credential = CredentialOf("use-token-auth", token),
        TrustedAuthorities = [certificate],
        ClientCertificate = certificate,
        Subscriptions = [CommandRequest],
        Will = AWill,
    };

    private static LastWill AWill => new("iot-2/evt/lost/fmt/json", [1], QualityOfService.AtLeastOnce);

    private static X509Certificate2 NewCertificate(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest(subject, key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
