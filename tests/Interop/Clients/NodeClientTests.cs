using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>IBM's client for Node.js, unchanged and over TLS, with IoTF at the other end of the emulator.</summary>
public sealed class NodeClientTests
{
    private const string ReceiveEvent =
        "Receive-IoTFEvent -Session $application -Count 1 -Timeout 30 | ForEach-Object { \"$($_.DeviceType)/$($_.DeviceId) $($_.EventId) $($_.Format) $($_.Text)\" }";

    [Fact]
    public async Task A_device_sends_events_and_gets_commands_also_after_a_lost_connection()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var device = NodeClient.Start("device", scene.Device("pump", "p1"));
        await device.Program.WaitForLineAsync(line => line == "connect");
        await ExchangeAsync(scene, device, "before");

        var from = device.Program.Output.Count;
        await device.CallAsync("drop");
        await device.Program.Output.WaitForAsync(line => line == "close", from: from);
        await device.Program.Output.WaitForAsync(line => line == "connect", from: from);
        await ExchangeAsync(scene, device, "after");
    }

    [Fact]
    public async Task A_gateway_sends_its_own_events_and_gets_its_commands()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var gateway = NodeClient.Start("gateway", scene.Device("gate", "g1"));
        await gateway.Program.WaitForLineAsync(line => line == "connect");
        await gateway.DoAsync("subscribeToCommands", null, null, 1);
        await gateway.DoAsync("publishEvent", "status", "json", new { up = true }, 1);
        Assert.Equal("gate/g1 status json {\"up\":true}", Assert.Single((await scene.Engine.RunAsync(ReceiveEvent)).OrFail().Output));

        (await scene.Engine.RunAsync("Send-IoTFCommand restart @{ now = $true } -DeviceType gate -DeviceId g1 -Session $application")).OrFail();
        await gateway.Program.WaitForLineAsync(line => line.StartsWith("command|gate|g1|restart|json|{\"now\":true}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_application_gets_the_events_of_a_device_and_sends_it_commands()
    {
        using var scene = await EmulatorScene.StartAsync();
        (await scene.Engine.RunAsync("$valve = $there | Connect-IoTFDevice")).OrFail();
        await using var application = NodeClient.Start("application", scene.Application("node"));
        await application.Program.WaitForLineAsync(line => line == "connect");
        await application.DoAsync("subscribeToEvents", "valve", "v1", null, null, 1);

        (await scene.Engine.RunAsync("@{ open = 1 } | Send-IoTFEvent position -Session $valve")).OrFail();
        await application.Program.WaitForLineAsync(line => line.StartsWith("deviceEvent|valve|v1|position|json|{\"open\":1}|", StringComparison.Ordinal));

        await application.DoAsync("publishCommand", "valve", "v1", "close", "json", new { slowly = true }, 1);
        var command = (await scene.Engine.RunAsync(
            "Receive-IoTFCommand -Session $valve -Count 1 -Timeout 30 | ForEach-Object { \"$($_.CommandId) $($_.Text)\" }")).OrFail().Output;
        Assert.Equal("close {\"slowly\":true}", Assert.Single(command));
    }

    [Theory]
    [InlineData("device")]
    [InlineData("gateway")]
    [InlineData("application")]
    public async Task A_wrong_token_is_refused_as_not_authorized(string role)
    {
        using var scene = await EmulatorScene.StartAsync();
        var variables = role == "application" ? scene.Application("node") : scene.Device(role == "device" ? "pump" : "gate", role == "device" ? "p1" : "g1");
        variables["WIOTP_AUTH_TOKEN"] = "some-other-token";
        await using var client = NodeClient.Start(role, variables);
        await client.Program.WaitForLineAsync(line => line.StartsWith("error|", StringComparison.Ordinal) && line.Contains("Not authorized", StringComparison.Ordinal));
        Assert.DoesNotContain("connect", client.Program.Output.Snapshot());
    }

    private static async Task ExchangeAsync(EmulatorScene scene, NodeClient device, string word)
    {
        // Acknowledged after the client's subscription, which it sends first and does not report.
        await device.DoAsync("publishEvent", "status", "json", new { word }, 1);
        Assert.Equal($"pump/p1 status json {{\"word\":\"{word}\"}}", Assert.Single((await scene.Engine.RunAsync(ReceiveEvent)).OrFail().Output));

        (await scene.Engine.RunAsync("param($word) Send-IoTFCommand say @{ word = $word } -DeviceType pump -DeviceId p1 -Session $application", word)).OrFail();
        await device.Program.WaitForLineAsync(line => line.StartsWith($"command|say|json|{{\"word\":\"{word}\"}}", StringComparison.Ordinal));
    }
}
