using System.Globalization;
using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>
/// IBM's client for Node.js and IoTF as members of one scalable application (protocol.md §2.5). IBM's client ignores its <c>instanceId</c>, so
/// none of them has one: the three have the same ClientId.
/// </summary>
public sealed class NodeSharedSubscriptionTests
{
    private const int Events = 30;
    private const int Members = 3;

    [Fact]
    public async Task Three_members_of_two_makes_share_the_events_of_a_device_and_each_comes_once()
    {
        using var scene = await EmulatorScene.StartAsync();
        await using var one = await JoinAsync(scene);
        await using var other = await JoinAsync(scene);

        // Its first call subscribes; what comes later waits in its session.
        (await scene.Engine.RunAsync(
            """
            $worker = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId workers -Scalable
            Receive-IoTFEvent -Session $worker -Timeout 0
            $valve = $there | Connect-IoTFDevice
            """)).OrFail();
        Assert.Equal(
            ["A:abc123:workers", "A:abc123:workers", "A:abc123:workers"],
            (await scene.Engine.RunAsync("$emulator.SharedSubscriptions.Members")).OrFail().Output);

        (await scene.Engine.RunAsync("param($count) 1..$count | ForEach-Object { @{ n = $_ } } | Send-IoTFEvent position -Session $valve", Events)).OrFail();

        // In turn over members with room. A member that has fewer lets this fail, and one that has more shows below.
        await one.Program.Output.WaitForManyAsync(Events / Members, IsEvent);
        await other.Program.Output.WaitForManyAsync(Events / Members, IsEvent);
        var here = (await scene.Engine.RunAsync(
            "param($count) Receive-IoTFEvent -Session $worker -Count $count -Timeout 30 | ForEach-Object { $_.Text }; Receive-IoTFEvent -Session $worker -Timeout 0",
            Events / Members)).OrFail().Output;

        // Whatever was on its way comes before this is granted.
        await one.SubscribeAsync("subscribeToCommands", "valve", "v1", null, null, 1);
        await other.SubscribeAsync("subscribeToCommands", "valve", "v1", null, null, 1);
        var all = here.Cast<string>().Concat(EventsOf(one)).Concat(EventsOf(other));
        Assert.Equal(Enumerable.Range(1, Events), all.Select(NumberOf).Order());
    }

    private static async Task<NodeClient> JoinAsync(EmulatorScene scene)
    {
        var member = await NodeClient.ConnectAsync("application", scene.Member("workers"));
        await member.SubscribeAsync("subscribeToEvents", null, null, null, null, 1);
        return member;
    }

    private static bool IsEvent(string line) => line.StartsWith("deviceEvent|valve|v1|position|json|", StringComparison.Ordinal);

    private static IEnumerable<string> EventsOf(NodeClient member) => member.Program.Output.Snapshot().Where(IsEvent).Select(static line => line.Split('|')[5]);

    private static int NumberOf(string text) => int.Parse(text["{\"n\":".Length..^1], CultureInfo.InvariantCulture);
}
