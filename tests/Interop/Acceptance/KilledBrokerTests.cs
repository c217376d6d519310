using System.Globalization;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>
/// Mosquitto killed and started again while a pipeline sends, with <c>persistence true</c>, <c>autosave_on_changes true</c> and
/// <c>autosave_interval 1</c>. It acknowledges a message when it has given it to its subscribers and before it saves it, so a kill loses an
/// acknowledged message when no subscriber is connected, or when one is so slow that the message waits in the broker. The subscriber is therefore
/// a swift one, and the publisher is let through when it is back.
/// </summary>
public sealed class KilledBrokerTests(ITestOutputHelper output)
{
    private const string Topic = "iot-2/evt/tick/fmt/json";

    private const int Kills = 20, Count = 20_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Every_event_that_was_acknowledged_is_there_although_the_broker_was_killed()
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            LogPackets = false,
            MaxInflightMessages = 0,
            Persistence = true,
            SavesAfterChanges = 1,
        });
        await using var bridge = new Drawbridge(broker.PlainPort);
        using var subscriber = new SwiftSubscriber(Topic);
        subscriber.Connect(broker.PlainPort);
        using var engine = new ScriptEngine(new Service(bridge.Port));
        using var script = engine.Start(
            """
            param($count)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -MaxInFlight 100 -ReconnectDelay 0.01 -MaxReconnectDelay 0.1 @service
            1..$count | Send-IoTFEvent tick
            $session
            """,
            Count);

        for (var kill = 0; kill < Kills; kill++)
        {
            var before = Numbers(subscriber).Max();
            var wanted = before + 1 + random.Next((Count - before) / (Kills - kill + 1));
            await subscriber.Payloads.WaitForAsync(payload => Number(payload) >= wanted, Limit);
            await broker.KillAsync();
            bridge.Raise();
            await broker.StartAgainAsync();
            subscriber.Connect(broker.PlainPort);
            bridge.Lower();
            await broker.WaitForConnectAsync("d:abc123:pump:p1");
        }

        dynamic session = PSObject.AsPSObject(Assert.Single((await script.WaitForEndAsync(Limit)).OrFail().Output));
        Assert.Equal((Count, Count), ((int)session.Sent, (int)session.Acknowledged));
        Assert.InRange((int)session.Reconnects, 1, Kills);
        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), Topic, "0");
        await subscriber.Payloads.WaitForAsync(payload => payload == "0", Limit);
        var arrived = Numbers(subscriber).Where(number => number > 0).ToList();
        output.WriteLine($"{Count} sent, {arrived.Count} arrived after {Kills} kills");
        Assert.Equal(Enumerable.Range(1, Count), arrived.Distinct().Order());
    }

    private static IEnumerable<int> Numbers(SwiftSubscriber subscriber) => subscriber.Payloads.Snapshot().Select(Number).DefaultIfEmpty(0);

    private static int Number(string payload) => int.Parse(payload, CultureInfo.InvariantCulture);
}
