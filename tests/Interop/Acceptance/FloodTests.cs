using System.Globalization;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>More messages than there are packet ids (65,535), through one pipeline, to a subscriber that is not ours.</summary>
[Collection(nameof(Alone))]
public sealed class FloodTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1, 100_000, 1000)]
    [InlineData(2, 70_000, 100)]
    public async Task Every_event_of_a_long_pipeline_arrives_in_order(int qos, int count, int window)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false, MaxInflightMessages = window, MaxQueuedMessages = 0 });
        var client = new MosquittoClientOptions(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(client, new MosquittoSubscription("iot-2/evt/tick/fmt/json") { QoS = qos, Count = count });
        using var engine = new ScriptEngine(new Service(broker.PlainPort));

        var sent = await engine.RunAsync(
            Limit,
            """
            param($count, $qos, $window)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -MaxInFlight $window @service
            1..$count | Send-IoTFEvent tick -QoS $qos
            $session
            """,
            count, qos, window);

        dynamic session = PSObject.AsPSObject(Assert.Single(sent.OrFail().Output));
        Assert.Equal((count, count, 0), ((int)session.Sent, (int)session.Acknowledged, (int)session.Pending));
        await subscriber.WaitForEndAsync(Limit);
        var messages = subscriber.Messages;
        Assert.Equal(Enumerable.Range(1, count), messages.Select(message => int.Parse(message.Text, CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(messages, message => message.QoS != qos);
    }
}
