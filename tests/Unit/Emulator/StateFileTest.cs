using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A local service that is kept in a file, in a folder of its own for each test.</summary>
public abstract class StateFileTest : IAsyncLifetime
{
    protected const string Command = "iot-2/cmd/reboot/fmt/json";
    protected const string LongCommand = "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json";
    protected const string Event = "iot-2/evt/status/fmt/json";
    protected const string LongEvent = "iot-2/type/pump/id/p-001/evt/status/fmt/json";
    protected const string AllEvents = "iot-2/type/+/id/+/evt/+/fmt/+";

    private readonly List<RawClient> _clients = [];
    private LocalEmulator? _emulator;

    protected LocalEmulator Emulator => _emulator ?? throw new InvalidOperationException("It was not started.");

    protected DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("iotf-state-");

    protected FakeTimeProvider Clock { get; } = new(DateTimeOffset.UtcNow);

    protected string StatePath => Path.Combine(Folder.FullName, "emulator.json");

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await (_emulator?.StopAsync() ?? Task.CompletedTask);
        Folder.Delete(recursive: true);
    }

    protected async Task<LocalEmulator> StartAsync(bool offerPlainText = true) => _emulator = await LocalEmulator.StartAsync(
        new EmulatorOptions { Port = 0, OfferPlainText = offerPlainText, PlainPort = 0, StatePath = StatePath, Clock = Clock }, CancellationToken.None);

    protected async Task<LocalEmulator> RestartAsync()
    {
        await Emulator.StopAsync();
        return await StartAsync();
    }

    private protected async Task<RawClient> ConnectAsync(MqttConnectPacket connect, MqttVersion version, bool present)
    {
        var client = await RawClient.ConnectAsync(Emulator, version, connect, present, plain: true);
        _clients.Add(client);
        return client;
    }

    private protected static async Task LeaveAsync(RawClient client)
    {
        client.Link.Send(new MqttDisconnectPacket());
        await client.ExpectCloseAsync();
    }
}
