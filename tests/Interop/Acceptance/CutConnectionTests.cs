using System.Globalization;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A pipeline over a network that fails a hundred times at random bytes, to a subscriber that is not ours and has a good network.</summary>
public sealed class CutConnectionTests(ITestOutputHelper output)
{
    private const int Cuts = 100;

    private const string Topic = "iot-2/evt/tick/fmt/json";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData("3.1.1", 200_000)]
    [InlineData("5.0", 50_000)]
    public async Task Every_event_of_QoS_1_arrives_over_a_hundred_cuts_and_is_acknowledged(string version, int count)
    {
        var arrived = await SendAsync(1, version, count, "");

        // Those that came again left out, they are in order.
        Assert.Equal(Enumerable.Range(1, count), arrived.Distinct());
    }

    [Theory]
    [InlineData("3.1.1", 50_000)]
    [InlineData("5.0", 20_000)]
    public async Task Every_event_of_QoS_2_arrives_once_over_a_hundred_cuts(string version, int count)
    {
        var arrived = await SendAsync(2, version, count, "-Persistent");

        Assert.Equal(Enumerable.Range(1, count), arrived);
    }

    private async Task<List<int>> SendAsync(int qos, string version, int count, string options)
    {
        const int bytesPerEvent = 35, bytesPerAcknowledgement = 4;
        var plan = new FaultPlan(Cuts, LongestFromClient: count * bytesPerEvent / 80, LongestFromServer: count * bytesPerAcknowledgement / 80);
        output.WriteLine($"{plan}");
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false, MaxInflightMessages = 0, Persistence = true });
        await using var relay = new FaultyRelay(broker.PlainPort, plan);
        var client = new MosquittoClientOptions(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(client, new MosquittoSubscription(Topic) { QoS = qos });
        using var engine = new ScriptEngine(new Service(relay.Port));

        var sent = await engine.RunAsync(
            Limit,
            $$"""
            param($count, $qos, $version)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -MaxInFlight 100 -ReconnectDelay 0.01 -MaxReconnectDelay 0.05 -ProtocolVersion $version {{options}} @service
            1..$count | Send-IoTFEvent tick -QoS $qos
            $session
            """,
            count, qos, version);

        dynamic session = PSObject.AsPSObject(Assert.Single(sent.OrFail().Output));
        output.WriteLine($"{session.Reconnects} reconnects, {string.Join(", ", relay.Faults.Snapshot().GroupBy(fault => fault.Kind).Select(kind => $"{kind.Count()} {kind.Key}"))}");
        Assert.Equal((count, count, 0, "Open"), ((int)session.Sent, (int)session.Acknowledged, (int)session.Pending, (string)session.State));
        Assert.Equal(Cuts, relay.Faults.Count);
        Assert.InRange((int)session.Reconnects, 1, Cuts);
        await MosquittoPublisher.PublishAsync(client, Topic, "0", qos);
        await subscriber.WaitForMessageAsync(message => message.Text == "0", Limit);
        var arrived = subscriber.Messages.Select(message => int.Parse(message.Text, CultureInfo.InvariantCulture)).SkipLast(1).ToList();
        output.WriteLine($"{count} sent, {arrived.Count} arrived");
        return arrived;
    }
}
