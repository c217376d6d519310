using IoTF.Mqtt;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Many connections at once.</summary>
public sealed class CrowdTests : EmulatorTest
{
    private const int Devices = 500;

    [Fact]
    public async Task Five_hundred_devices_connect_over_TLS_and_each_sends_an_event_and_receives_a_command()
    {
        var devices = new RawClient[Devices];
        await Parallel.ForAsync(0, Devices, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
        {
            var credential = Emulator.RegisterDevice(organization: null, "pump", $"crowd-{number}");
            devices[number] = await RawClient.ConnectAsync(Emulator, MqttVersion.V311, RawClient.ConnectPacket(credential));
            await devices[number].SubscribeAsync((AllCommands, 1));
        });
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 1));
        Assert.Equal(Devices + 1, Emulator.Connections.Count);

        var received = new HashSet<string>();
        for (var number = 0; number < Devices; number++)
        {
            await devices[number].PublishAsync(Event, $"{number}", qos: 1);
            received.Add((await application.ReceiveAsync($"iot-2/type/pump/id/crowd-{number}/evt/status/fmt/json", $"{number}")).Topic);
            await application.PublishAsync($"iot-2/type/pump/id/crowd-{number}/cmd/reboot/fmt/json", $"{number}", qos: 1);
        }

        Assert.Equal(Devices, received.Count);
        for (var number = 0; number < Devices; number++)
        {
            await devices[number].ReceiveAsync(Command, $"{number}");
            await devices[number].DisposeAsync();
        }
    }
}
