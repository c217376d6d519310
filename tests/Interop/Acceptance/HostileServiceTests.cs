using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Services and networks that a session must neither fall for nor take for what they are not.</summary>
public sealed class HostileServiceTests
{
    private const string ClientId = "d:abc123:pump:p1", Topic = "iot-2/evt/tick/fmt/text";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("3.1", "MessageClosesConnection")]
    [InlineData("3.1.1", "MessageClosesConnection")]
    [InlineData("5.0", "MessageRefused")]
    public async Task A_message_over_which_the_broker_resets_the_connection_is_given_up_and_the_others_arrive(string version, string error)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { MaxPacketSize = 5_000 });
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription(Topic));
        using var engine = new ScriptEngine(new Service(broker.PlainPort));

        var result = await engine.RunAsync(
            Limit,
            """
            param($version)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -ProtocolVersion $version -ReconnectDelay 0.1 @service
            'before', ('x' * 100000), 'after' | Send-IoTFEvent tick -Format text -WarningAction SilentlyContinue
            'last' | Send-IoTFEvent tick -Format text
            $session.State
            """,
            version);

        Assert.Null(result.Failure);
        Assert.Equal(error, Assert.Single(result.Errors).Id());
        Assert.Equal("Open", Assert.Single(result.Output).ToString());
        await subscriber.WaitForMessageAsync(message => message.Text == "last");
        Assert.Equal(["before", "after", "last"], subscriber.Messages.Select(message => message.Text).Distinct());
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task Disconnecting_waits_until_a_slow_service_has_read_everything(string version)
    {
        const int count = 10_000;
        await using var broker = await MosquittoBroker.StartAsync();
        await using var relay = new ThrottledRelay(broker.PlainPort, 200_000);
        using var subscriber = new SwiftSubscriber(Topic);
        subscriber.Connect(broker.PlainPort);
        using var engine = new ScriptEngine(new Service(relay.Port));

        var result = await engine.RunAsync(
            Limit,
            """
            param($version, $count)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -ProtocolVersion $version @service
            1..$count | Send-IoTFEvent tick -QoS 0 -Format text
            Disconnect-IoTFSession -TimeoutSec 60
            """,
            version, count);

        result.OrFail();
        Assert.Contains($"Received DISCONNECT from {ClientId}", broker.Log.Snapshot());
        await subscriber.Payloads.WaitForManyAsync(count);
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task A_connection_that_is_slow_and_gets_on_is_not_taken_for_dead(string version)
    {
        // What the system takes before it sends, half a megabyte, leaves in more time than an answer has.
        const int count = 8_000;
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false });
        await using var relay = new ThrottledRelay(broker.PlainPort, 60_000);
        using var subscriber = new SwiftSubscriber(Topic);
        subscriber.Connect(broker.PlainPort);
        using var engine = new ScriptEngine(new Service(relay.Port));

        var result = await engine.RunAsync(
            Limit,
            """
            param($version, $count)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -KeepAlive 5 -ProtocolVersion $version @service
            1..$count | ForEach-Object { "$_ " + 'x' * 60 } | Send-IoTFEvent tick -QoS 0 -Format text
            Disconnect-IoTFSession -TimeoutSec 100
            $session.Reconnects
            """,
            version, count);

        Assert.Equal(0, Assert.Single(result.OrFail().Output));
        await subscriber.Payloads.WaitForManyAsync(count);
    }
}
