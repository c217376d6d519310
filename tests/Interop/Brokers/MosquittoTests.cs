using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Servers;
using IoTF.Tests.Interop.Signals;
using Xunit;

namespace IoTF.Tests.Interop.Brokers;

public sealed class MosquittoTests
{
    private static readonly MosquittoSubscription Everything = new("#");

    public static TheoryData<MqttVersion, int> VersionsAndQoS { get; } = new()
    {
        { MqttVersion.V31, 0 },
        { MqttVersion.V31, 1 },
        { MqttVersion.V31, 2 },
        { MqttVersion.V311, 0 },
        { MqttVersion.V311, 1 },
        { MqttVersion.V311, 2 },
        { MqttVersion.V5, 0 },
        { MqttVersion.V5, 1 },
        { MqttVersion.V5, 2 },
    };

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task A_message_comes_back_in_the_clear(MqttVersion version, int qos)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var client = new MosquittoClientOptions(broker.PlainPort) { Version = version };

        await RoundTripAsync(client, qos);
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task A_message_comes_back_over_TLS_with_a_password_and_the_longest_ClientId(MqttVersion version, int qos)
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            Tls = certificates.Server(),
            Users = new Dictionary<string, string> { ["use-token-auth"] = "pässword" },
        });
        var client = new MosquittoClientOptions(broker.TlsPort)
        {
            AuthorityFile = certificates.AuthorityFile,
            UserName = "use-token-auth",
            Password = "pässword",
            Version = version,
        };

        await RoundTripAsync(client, qos);
        await broker.WaitForDisconnectAsync(LongClientId);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("use-token-auth", "wrong")]
    [InlineData("stranger", "secret")]
    public async Task Who_is_not_in_the_password_file_is_refused(string? user, string? password)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Users = new Dictionary<string, string> { ["use-token-auth"] = "secret" },
        });
        var client = new MosquittoClientOptions(broker.PlainPort) { UserName = user, Password = password };

        var refusal = await Assert.ThrowsAsync<ProgramFailedException>(() => MosquittoPublisher.PublishAsync(client, "a", "b"));
        await Assert.ThrowsAsync<SignalMissedException>(() => MosquittoSubscriber.StartAsync(client, Everything));

        // Mosquitto spells it the British way.
        Assert.Contains("not authorised", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_TLS_listener_speaks_1_2_only()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { Plain = false, Tls = certificates.Server() });

        var newer = await OpenSslClient.HandshakeAsync(broker.TlsPort, TlsVersion.Tls13, certificates.AuthorityFile);
        var right = await OpenSslClient.HandshakeAsync(broker.TlsPort, TlsVersion.Tls12, certificates.AuthorityFile);
        var older = await OpenSslClient.HandshakeAsync(broker.TlsPort, TlsVersion.Tls11, certificates.AuthorityFile);

        Assert.False(newer.Agreed, newer.Report);
        Assert.Contains("alert protocol version", newer.Report, StringComparison.Ordinal);
        Assert.True(right.Agreed, right.Report);
        Assert.False(older.Agreed, older.Report);
    }

    [Fact]
    public async Task The_TLS_listener_speaks_1_3_when_asked()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { Tls = certificates.Server(), OnlyTls12 = false });

        var newer = await OpenSslClient.HandshakeAsync(broker.TlsPort, TlsVersion.Tls13, certificates.AuthorityFile);

        Assert.True(newer.Agreed, newer.Report);
    }

    [Fact]
    public async Task A_client_certificate_can_be_demanded()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            Tls = certificates.Server(),
            ClientAuthorityFile = certificates.AuthorityFile,
        });
        var without = new MosquittoClientOptions(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile };
        var with = without with { Certificate = certificates.Client("pump-1") };

        await MosquittoPublisher.PublishAsync(with, "a", "b");
        await Assert.ThrowsAsync<ProgramFailedException>(() => MosquittoPublisher.PublishAsync(without, "a", "b"));
    }

    [Fact]
    public async Task Any_payload_comes_through_whole()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var client = new MosquittoClientOptions(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(client, Everything);
        byte[] everyByte = [.. Enumerable.Range(0, 256).Select(value => (byte)value)];

        await MosquittoPublisher.PublishAsync(client, "with a blank", everyByte);
        await MosquittoPublisher.PublishAsync(client, "empty", ReadOnlyMemory<byte>.Empty);

        var messages = await subscriber.WaitForMessagesAsync(2);
        Assert.Equal("with a blank", messages[0].Topic);
        Assert.Equal(everyByte, messages[0].Payload);
        Assert.Equal("empty", messages[1].Topic);
        Assert.Empty(messages[1].Payload);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Many_lines_arrive_complete_and_in_order(int qos)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { MaxInflightMessages = 100, LogPackets = false });
        var client = new MosquittoClientOptions(broker.PlainPort);
        string[] lines = [.. Enumerable.Range(0, 5000).Select(number => $"line {number}")];
        await using var subscriber = await MosquittoSubscriber.StartAsync(client, Everything with { Count = lines.Length });

        await MosquittoPublisher.PublishLinesAsync(client, "lines", lines, qos);
        await subscriber.WaitForEndAsync();

        Assert.Equal(lines, subscriber.Messages.Select(message => message.Text));
        Assert.All(subscriber.Messages, message => Assert.Equal(qos, message.QoS));
    }

    [Fact]
    public async Task The_log_tells_a_goodbye_from_a_loss()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        var client = new MosquittoClientOptions(broker.PlainPort);
        await using var polite = await MosquittoSubscriber.StartAsync(client with { ClientId = "polite" }, Everything);
        await using var rude = await MosquittoSubscriber.StartAsync(client with { ClientId = "rude" }, Everything);
        await broker.WaitForConnectAsync("polite");
        await broker.WaitForConnectAsync("rude");

        await polite.DisconnectAsync();
        await rude.KillAsync();

        await broker.WaitForDisconnectAsync("polite");
        await broker.WaitForLossAsync("rude");
        Assert.DoesNotContain("Received DISCONNECT from rude", broker.Log.Snapshot());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_broker_started_again_has_its_port_and_with_persistence_its_messages(bool persistence)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { Persistence = persistence });
        var client = new MosquittoClientOptions(broker.PlainPort);

        await MosquittoPublisher.PublishAsync(client, "kept", "before", retain: true);
        await broker.StopAsync();
        await Assert.ThrowsAsync<ProgramFailedException>(() => MosquittoPublisher.PublishAsync(client, "a", "nobody listens"));
        await broker.StartAgainAsync();

        await using var subscriber = await MosquittoSubscriber.StartAsync(client, Everything);
        await MosquittoPublisher.PublishAsync(client, "new", "after");
        var messages = await subscriber.WaitForMessagesAsync(persistence ? 2 : 1);
        Assert.Equal(persistence ? ["before", "after"] : ["after"], messages.Select(message => message.Text));
        Assert.Equal(persistence, messages[0].Retain);
    }

    [Fact]
    public async Task A_killed_broker_resets_its_clients_and_can_be_started_again()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var relay = new RecordingRelay(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(relay.Port), Everything);
        var connection = await relay.Connections.WaitForAsync(_ => true);

        await broker.KillAsync();
        await subscriber.DisconnectAsync();
        await connection.WaitForCloseAsync();
        await broker.StartAgainAsync();

        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), "a", "b");
    }

    [Fact]
    public async Task The_relay_shows_a_password_in_the_clear_and_none_over_TLS()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Tls = certificates.Server(),
            Users = new Dictionary<string, string> { ["use-token-auth"] = "very-secret" },
        });
        await using var plain = new RecordingRelay(broker.PlainPort);
        await using var tls = new RecordingRelay(broker.TlsPort);
        var client = new MosquittoClientOptions(plain.Port) { UserName = "use-token-auth", Password = "very-secret" };

        await MosquittoPublisher.PublishAsync(client, "a", "b");
        await MosquittoPublisher.PublishAsync(client with { Port = tls.Port, AuthorityFile = certificates.AuthorityFile }, "a", "b");

        var clear = await plain.Connections.WaitForAsync(_ => true);
        var hidden = await tls.Connections.WaitForAsync(_ => true);
        await clear.WaitForCloseAsync();
        await hidden.WaitForCloseAsync();
        Assert.Equal(0x10, clear.FromClient.ToArray()[0]);
        Assert.True(clear.FromClient.Contains("very-secret"));
        Assert.Equal(0x16, hidden.FromClient.ToArray()[0]);
        Assert.False(hidden.FromClient.Contains("very-secret"));
        Assert.False(hidden.FromClient.Contains("use-token-auth"));
    }

    private static string LongClientId { get; } = "d:abc123:" + new string('t', 36) + ":" + new string('i', 36);

    private static async Task RoundTripAsync(MosquittoClientOptions client, int qos)
    {
        const string topic = "iot-2/evt/status/fmt/json", text = """{"d":{"grüße":21.5}}""";
        await using var subscriber = await MosquittoSubscriber.StartAsync(
            client with { ClientId = "subscriber" }, new MosquittoSubscription("iot-2/evt/+/fmt/+") { QoS = qos, Count = 1 });

        await MosquittoPublisher.PublishAsync(client with { ClientId = LongClientId }, topic, text, qos);
        await subscriber.WaitForEndAsync();

        var message = Assert.Single(subscriber.Messages);
        Assert.Equal((topic, qos, false, text), (message.Topic, message.QoS, message.Retain, message.Text));
        Assert.Equal(82, LongClientId.Length);
    }
}
