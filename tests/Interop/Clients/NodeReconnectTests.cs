using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>IBM's client for Node.js after the service has dropped its connection: it comes back by itself and subscribes again to what it had.</summary>
public sealed class NodeReconnectTests
{
    [Fact]
    public async Task An_application_gets_events_and_status_again_and_sends_commands()
    {
        using var scene = await EmulatorScene.StartAsync();
        (await scene.Engine.RunAsync("$valve = $there | Connect-IoTFDevice")).OrFail();
        await using var application = await NodeClient.ConnectAsync("application", scene.Application("node"));
        await application.SubscribeAsync("subscribeToEvents", "valve", "v1", null, null, 1);
        await application.SubscribeAsync("subscribeToDeviceStatus", "pump", null, 0);
        var from = await DropAsync(scene, application, "a:abc123:node");

        (await scene.Engine.RunAsync("@{ open = 1 } | Send-IoTFEvent position -Session $valve")).OrFail();
        await application.Program.Output.WaitForAsync(
            static line => line.StartsWith("deviceEvent|valve|v1|position|json|{\"open\":1}|", StringComparison.Ordinal), from: from);
        await using var pump = await NodeClient.ConnectAsync("device", scene.Device("pump", "p1"));
        await application.Program.Output.WaitForAsync(static line => line.StartsWith("deviceStatus|pump|p1|", StringComparison.Ordinal), from: from);

        await application.DoAsync("publishCommand", "valve", "v1", "close", "json", new { slowly = true }, 1);
        Assert.Equal("close {\"slowly\":true}", Assert.Single((await scene.Engine.RunAsync(
            "Receive-IoTFCommand -Session $valve -Count 1 -Timeout 30 | ForEach-Object { \"$($_.CommandId) $($_.Text)\" }")).OrFail().Output));
    }

    [Fact]
    public async Task A_gateway_gets_commands_again_and_sends_events()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var gateway = await NodeClient.ConnectAsync("gateway", scene.Device("gate", "g1"));
        await gateway.SubscribeAsync("subscribeToCommands", null, null, 1);
        var from = await DropAsync(scene, gateway, "g:abc123:gate:g1");

        (await scene.Engine.RunAsync("Send-IoTFCommand restart @{ now = $true } -DeviceType gate -DeviceId g1 -Session $application")).OrFail();
        await gateway.Program.Output.WaitForAsync(
            static line => line.StartsWith("command|gate|g1|restart|json|{\"now\":true}", StringComparison.Ordinal), from: from);
        await gateway.DoAsync("publishEvent", "status", "json", new { up = true }, 1);
        Assert.Equal("gate/g1 status {\"up\":true}", Assert.Single((await scene.Engine.RunAsync(
            "Receive-IoTFEvent -Session $application -Count 1 -Timeout 30 | ForEach-Object { \"$($_.DeviceType)/$($_.DeviceId) $($_.EventId) $($_.Text)\" }")).OrFail().Output));
    }

    /// <summary>Drops the connection of a client once, and waits until it is there again with its subscriptions.</summary>
    /// <returns>How many lines it had before.</returns>
    private static async Task<int> DropAsync(EmulatorScene scene, NodeClient client, string clientId)
    {
        var from = client.Program.Output.Count;
        (await scene.Engine.RunAsync("param($clientId) Set-IoTFEmulatorFault $clientId -Drop -Count 1", clientId)).OrFail();
        await client.WaitForReturnAsync(from);
        return from;
    }
}
