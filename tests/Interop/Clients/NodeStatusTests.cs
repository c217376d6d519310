using System.Text.Json;
using IoTF.Tests.Interop.Programs;
using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>IBM's client for Node.js and IoTF see each other come and go (protocol.md §5).</summary>
public sealed class NodeStatusTests
{
    [Fact]
    public async Task An_application_sees_a_device_connect_and_disconnect_with_its_close_code()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var application = await NodeClient.ConnectAsync("application", scene.Application("node"));
        await application.SubscribeAsync("subscribeToDeviceStatus", "valve", "v1");

        // It comes, loses its connection, comes back by itself, and says goodbye. A normal end has no close code.
        (await scene.Engine.RunAsync("$valve = $there | Connect-IoTFDevice")).OrFail();
        Assert.Equal(("Connect", null), await NextStatusAsync(application, 0));
        (await scene.Engine.RunAsync("Set-IoTFEmulatorFault d:abc123:valve:v1 -CloseCode 160 -Count 1")).OrFail();
        Assert.Equal(("Disconnect", 160), await NextStatusAsync(application, 1));
        Assert.Equal(("Connect", null), await NextStatusAsync(application, 2));
        (await scene.Engine.RunAsync("Disconnect-IoTFSession $valve")).OrFail();
        Assert.Equal(("Disconnect", null), await NextStatusAsync(application, 3));
    }

    [Fact]
    public async Task A_device_is_seen_to_connect_and_its_killed_process_to_close_the_connection()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var device = await NodeClient.ConnectAsync("device", scene.Device("pump", "p1"));
        const string receive =
            "Receive-IoTFStatus -Session $application -DeviceType pump -DeviceId p1 -Count 1 -Timeout 30 | ForEach-Object { \"$_|$($_.IsConnected)|$($_.ClientId)\" }";
        Assert.Equal("pump/p1: Connect|True|d:abc123:pump:p1", Assert.Single((await scene.Engine.RunAsync(receive)).OrFail().Output));

        device.Program.Send(Signal.Kill);
        Assert.Equal("pump/p1: Disconnect (91)|False|d:abc123:pump:p1", Assert.Single((await scene.Engine.RunAsync(receive)).OrFail().Output));
    }

    /// <summary>The action and the close code of a status that the client was told, counted from 0.</summary>
    private static async Task<(string? Action, int? CloseCode)> NextStatusAsync(NodeClient application, int number)
    {
        const string start = "deviceStatus|valve|v1|";
        const string end = "|iot-2/type/valve/id/v1/mon";
        var lines = await application.Program.Output.WaitForManyAsync(number + 1, static line => line.StartsWith(start, StringComparison.Ordinal));
        Assert.EndsWith(end, lines[number], StringComparison.Ordinal);
        var status = JsonDocument.Parse(lines[number][start.Length..^end.Length]).RootElement;
        return (status.GetProperty("Action").GetString(), status.TryGetProperty("CloseCode", out var code) ? code.GetInt32() : null);
    }
}
