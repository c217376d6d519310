using System.Globalization;
using IoTF.Tests.Interop.Programs;
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

    [Fact]
    public async Task An_application_sees_a_device_come_and_go()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var application = NodeClient.Start("application", scene.Application("node"));
        await application.Program.WaitForLineAsync(line => line == "connect");

        // The call reports no answer; what the service retains comes whichever of the two is first.
        await application.CallAsync("subscribeToDeviceStatus", "valve", "v1", 0);
        (await scene.Engine.RunAsync("$valve = $there | Connect-IoTFDevice")).OrFail();
        await application.Program.WaitForLineAsync(line => IsStatus(line, "Connect") && line.Contains("\"ClientID\":\"d:abc123:valve:v1\"", StringComparison.Ordinal));

        (await scene.Engine.RunAsync("$valve | Disconnect-IoTFSession")).OrFail();
        await application.Program.WaitForLineAsync(line => IsStatus(line, "Disconnect"));

        static bool IsStatus(string line, string action) =>
            line.StartsWith("deviceStatus|valve|v1|", StringComparison.Ordinal) && line.Contains($"\"Action\":\"{action}\"", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_killed_is_seen_to_have_gone_without_a_word()
    {
        const string ReceiveStatus =
            "Receive-IoTFStatus -DeviceType pump -DeviceId p1 -Session $application -Count 1 -Timeout 30 | ForEach-Object { \"$($_.Action) $($_.CloseCode) $($_.IsConnected)\" }";
        using var scene = await EmulatorScene.StartAsync();
        await using var device = NodeClient.Start("device", scene.Device("pump", "p1"));
        await device.Program.WaitForLineAsync(line => line == "connect");
        Assert.Equal("Connect  True", Assert.Single((await scene.Engine.RunAsync(ReceiveStatus)).OrFail().Output));

        device.Program.Send(Signal.Kill);
        Assert.Equal("Disconnect 91 False", Assert.Single((await scene.Engine.RunAsync(ReceiveStatus)).OrFail().Output));
    }

    [Fact]
    public async Task Two_of_its_members_and_one_of_IoTF_share_the_events_of_a_device()
    {
        const int Each = 10, Members = 3;
        const string Receive = "Receive-IoTFEvent -Session $member -DeviceType valve -DeviceId v1";
        using var scene = await EmulatorScene.StartAsync();
        var variables = scene.Application("team");
        variables["WIOTP_OPTIONS_MQTT_SHAREDSUBSCRIPTION"] = "true";
        await using var one = NodeClient.Start("application", variables);
        await using var two = NodeClient.Start("application", variables);
        foreach (var member in new[] { one, two })
        {
            await member.Program.WaitForLineAsync(line => line == "connect");
            await member.DoAsync("subscribeToEvents", "valve", "v1", null, null, 1);
        }

        (await scene.Engine.RunAsync(
            $$"""
            $valve = $there | Connect-IoTFDevice
            $member = $foreign | Connect-IoTFApplication -Scalable -ApplicationId team
            $null = {{Receive}} -Timeout 0.001
            1..{{Each * Members}} | Send-IoTFEvent tick -Session $valve
            """)).OrFail();
        var received = (await scene.Engine.RunAsync($"{Receive} -Count {Each} -Timeout 30 | ForEach-Object {{ [int] $_.Data }}")).OrFail().Output.Cast<int>().ToList();
        foreach (var member in new[] { one, two })
        {
            var lines = await member.Program.Output.WaitForManyAsync(Each, line => line.StartsWith("deviceEvent|valve|v1|tick|json|", StringComparison.Ordinal));
            received.AddRange(lines.Select(line => int.Parse(line.Split('|')[5], CultureInfo.InvariantCulture)));
        }

        Assert.Equal(Enumerable.Range(1, Each * Members), received.Order());
    }

    [Theory]
    [InlineData("device")]
    [InlineData("gateway")]
    [InlineData("application")]
    public async Task A_wrong_token_is_refused_as_not_authorised(string role)
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
