using IoTF.Emulator;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A local service that is kept in a file.</summary>
public sealed class StateFileTests : IAsyncLifetime
{
    private const string Command = "iot-2/cmd/reboot/fmt/json";
    private const string LongCommand = "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json";
    private const string AllEvents = "iot-2/type/+/id/+/evt/+/fmt/+";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("iotf-state-");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private readonly List<RawClient> _clients = [];
    private LocalEmulator? _emulator;

    private string StatePath => Path.Combine(_folder.FullName, "emulator.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await (_emulator?.StopAsync() ?? Task.CompletedTask);
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Registrations_sessions_and_what_waits_in_them_come_back(MqttVersion version)
    {
        var first = await StartAsync();
        var device = first.RegisterDevice(organization: null, "pump", "p-001");
        var key = first.CreateApiKey();
        var client = await ConnectAsync(RawClient.ConnectPacket(device, clean: false, expiry: 3_600), version, present: false);
        await client.SubscribeAsync(("iot-2/cmd/+/fmt/+", 2));
        var application = await ConnectAsync(RawClient.ConnectPacket(key, "dash"), version, present: false);
        await application.PublishAsync(LongCommand, "seen", qos: 2);
        var seen = await client.ExpectPublishAsync(Command, "seen");
        client.Link.Send(new MqttDisconnectPacket());
        await client.ExpectCloseAsync();
        await application.PublishAsync(LongCommand, "one", qos: 1);
        await application.PublishAsync(LongCommand, "two", qos: 2);

        var second = await RestartAsync();
        Assert.Equal(("local1", first.CertificateAuthority.Thumbprint), (second.Organization, second.CertificateAuthority.Thumbprint));
        var session = Assert.Single(second.Sessions);
        Assert.Equal((false, 1, 2), (session.Connected, session.InFlight, session.Queued));

        var back = await ConnectAsync(RawClient.ConnectPacket(device, clean: false, expiry: 3_600), version, present: true);
        var again = await back.ExpectPublishAsync(Command, "seen");
        Assert.Equal((seen.PacketIdentifier, true), (again.PacketIdentifier, again.Dup));
        var one = await back.ExpectPublishAsync(Command, "one");
        var two = await back.ExpectPublishAsync(Command, "two");
        Assert.Equal((false, false), (one.Dup, two.Dup));
        back.Link.PubAck(one.PacketIdentifier, reasonCode: 0);
        foreach (var message in new[] { again, two })
        {
            back.Link.PubRec(message.PacketIdentifier, reasonCode: 0);
            Assert.Equal(message.PacketIdentifier, (await back.ExpectAsync<MqttPubRelPacket>()).PacketIdentifier);
            back.Link.PubComp(message.PacketIdentifier, reasonCode: 0);
        }

        await back.ExpectNothingAsync();
        Assert.Equal(0, Assert.Single(second.Sessions).InFlight);
        await ConnectAsync(RawClient.ConnectPacket(key, "dash"), version, present: false);
    }

    [Fact]
    public async Task A_QoS_2_message_that_the_client_has_is_not_sent_again()
    {
        var device = (await StartAsync()).RegisterDevice(organization: null, "pump", "p-001");
        var key = _emulator!.CreateApiKey();
        var client = await ConnectAsync(RawClient.ConnectPacket(device, clean: false), MqttVersion.V311, present: false);
        await client.SubscribeAsync(("iot-2/cmd/+/fmt/+", 2));
        var application = await ConnectAsync(RawClient.ConnectPacket(key, "dash"), MqttVersion.V311, present: false);
        await application.PublishAsync(LongCommand, "once", qos: 2);
        var once = await client.ExpectPublishAsync(Command, "once");
        client.Link.PubRec(once.PacketIdentifier, reasonCode: 0);
        await client.ExpectAsync<MqttPubRelPacket>();

        await RestartAsync();
        var back = await ConnectAsync(RawClient.ConnectPacket(device, clean: false), MqttVersion.V311, present: true);
        Assert.Equal(once.PacketIdentifier, (await back.ExpectAsync<MqttPubRelPacket>()).PacketIdentifier);
        back.Link.PubComp(once.PacketIdentifier, reasonCode: 0);
        await back.ExpectNothingAsync();
        Assert.Equal(0, Assert.Single(_emulator!.Sessions).InFlight);
    }

    [Fact]
    public async Task What_a_scalable_application_shares_comes_back()
    {
        var device = (await StartAsync()).RegisterDevice(organization: null, "pump", "p-001");
        var key = _emulator!.CreateApiKey();
        var connect = RawClient.ConnectPacket("A:local1:worker:i1", key.UserName, key.Token, clean: false);
        var member = await ConnectAsync(connect, MqttVersion.V311, present: false);
        await member.SubscribeAsync((AllEvents, 1));
        member.Link.Send(new MqttDisconnectPacket());
        await member.ExpectCloseAsync();
        var publisher = await ConnectAsync(RawClient.ConnectPacket(device), MqttVersion.V311, present: false);
        await publisher.PublishAsync("iot-2/evt/status/fmt/json", "kept", qos: 1);

        Assert.Equal(1, Assert.Single((await RestartAsync()).SharedSubscriptions).Queued);
        var back = await ConnectAsync(connect, MqttVersion.V311, present: true);
        await back.ReceiveAsync("iot-2/type/pump/id/p-001/evt/status/fmt/json", "kept");
    }

    [Fact]
    public async Task Time_that_passes_while_the_service_is_away_counts()
    {
        var device = (await StartAsync()).RegisterDevice(organization: null, "pump", "p-001");
        var key = _emulator!.CreateApiKey();
        var client = await ConnectAsync(RawClient.ConnectPacket(device, clean: false), MqttVersion.V311, present: false);
        await client.SubscribeAsync(("iot-2/cmd/+/fmt/+", 1));
        client.Link.Send(new MqttDisconnectPacket());
        await client.ExpectCloseAsync();
        var application = await ConnectAsync(RawClient.ConnectPacket(key, "dash"), MqttVersion.V311, present: false);
        await application.PublishAsync(LongCommand, "too old", qos: 1);
        await _emulator.StopAsync();

        // A command waits for 48 hours (protocol.md §2.6).
        _clock.Advance(TimeSpan.FromHours(49));
        await StartAsync();
        var back = await ConnectAsync(RawClient.ConnectPacket(device, clean: false), MqttVersion.V311, present: true);
        await back.ExpectNothingAsync();
        Assert.Equal(1, Assert.Single(_emulator.Sessions).Dropped);
    }

    [Fact]
    public async Task Changes_are_written_while_the_service_runs()
    {
        var emulator = await StartAsync();
        emulator.RegisterDevice(organization: null, "pump", "p-001");
        using var bound = new CancellationTokenSource(RawClient.Bound);
        using var watcher = new FileSystemWatcher(_folder.FullName, "emulator.json");
        var written = new TaskCompletionSource();
        watcher.Renamed += (_, _) => written.TrySetResult();
        watcher.EnableRaisingEvents = true;
        _clock.Advance(TimeSpan.FromSeconds(1));
        await written.Task.WaitAsync(bound.Token);
        Assert.Contains("p-001", await File.ReadAllTextAsync(StatePath));
    }

    [Fact]
    public async Task No_secret_is_in_the_file_and_only_its_owner_reads_it()
    {
        var emulator = await StartAsync();
        var credentials = new[] { emulator.RegisterDevice(null, "pump", "p-001"), emulator.RegisterGateway(null, "gw", "g-1"), emulator.CreateApiKey() };
        await emulator.StopAsync();
        var text = await File.ReadAllTextAsync(StatePath);
        Assert.Contains("\"p-001\"", text);
        Assert.All(credentials, credential => Assert.DoesNotContain(credential.Token, text));
        Assert.DoesNotContain("PRIVATE KEY", text);
        Assert.Equal(["emulator.json", "emulator.json.authority.pem"], _folder.GetFiles().Select(file => file.Name).Order());
        if (!OperatingSystem.IsWindows())
        {
            Assert.All(_folder.GetFiles(), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.UnixFileMode));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"format":"IoTF emulator state","version":2,"organization":"local1","organizations":[],"sessions":[],"sharedSubscriptions":[]}""")]
    [InlineData("""{"format":"something","version":1,"organization":"local1","organizations":[],"sessions":[],"sharedSubscriptions":[]}""")]
    [InlineData("""{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":[{"name":"a/b","devices":[],"apiKeys":[]}],"sessions":[],"sharedSubscriptions":[]}""")]
    [InlineData("""{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":[],"sessions":[{"clientId":"x","awaySince":"2026-01-01T00:00:00Z","subscriptions":[],"inFlight":[],"waiting":[]}],"sharedSubscriptions":[]}""")]
    [InlineData("""{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":null,"sessions":[],"sharedSubscriptions":[]}""")]
    public async Task A_damaged_file_is_refused_and_left_as_it_is(string text)
    {
        await File.WriteAllTextAsync(StatePath, text);
        var error = await Assert.ThrowsAsync<EmulatorException>(StartAsync);
        Assert.Equal(EmulatorErrorId.EmulatorFileDamaged, error.ErrorId);
        Assert.Contains(StatePath, error.Message);
        Assert.Equal(text, await File.ReadAllTextAsync(StatePath));
        Assert.False(File.Exists(StatePath + ".lock"));
    }

    [Fact]
    public async Task A_damaged_authority_is_refused_and_left_as_it_is()
    {
        await File.WriteAllTextAsync($"{StatePath}.authority.pem", "nothing");
        Assert.Equal(EmulatorErrorId.EmulatorFileDamaged, (await Assert.ThrowsAsync<EmulatorException>(StartAsync)).ErrorId);
        Assert.Equal("nothing", await File.ReadAllTextAsync($"{StatePath}.authority.pem"));
    }

    [Fact]
    public async Task Two_services_cannot_have_the_same_file()
    {
        await StartAsync();
        var error = await Assert.ThrowsAsync<EmulatorException>(() => LocalEmulator.StartAsync(new EmulatorOptions { Port = 0, StatePath = StatePath }, CancellationToken.None));
        Assert.Equal(EmulatorErrorId.EmulatorFileUnavailable, error.ErrorId);
    }

    [Fact]
    public async Task The_organization_is_that_of_the_file_unless_another_is_named()
    {
        var options = new EmulatorOptions { Port = 0, StatePath = StatePath };
        await using (await LocalEmulator.StartAsync(options with { Organization = "plant1" }, CancellationToken.None))
        {
        }

        await using var again = await LocalEmulator.StartAsync(options, CancellationToken.None);
        Assert.Equal("plant1", again.Organization);
    }

    private async Task<LocalEmulator> StartAsync() => _emulator = await LocalEmulator.StartAsync(
        new EmulatorOptions { Port = 0, OfferPlainText = true, PlainPort = 0, StatePath = StatePath, Clock = _clock }, CancellationToken.None);

    private async Task<LocalEmulator> RestartAsync()
    {
        await _emulator!.StopAsync();
        return await StartAsync();
    }

    private async Task<RawClient> ConnectAsync(MqttConnectPacket connect, MqttVersion version, bool present)
    {
        var client = await RawClient.ConnectAsync(_emulator!, version, connect, present, plain: true);
        _clients.Add(client);
        return client;
    }
}
