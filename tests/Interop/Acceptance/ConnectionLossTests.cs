using System.Globalization;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A connection that breaks while messages are under way and is not made again: of each it is said what became of it.</summary>
public sealed class ConnectionLossTests
{
    private const int Count = 5_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_message_is_acknowledged_or_an_error_with_its_input(int qos)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false });
        await using var relay = new RecordingRelay(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("iot-2/evt/tick/fmt/json"));
        using var engine = new ScriptEngine(new Service(relay.Port));
        (await engine.RunAsync("$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -NoReconnect @service")).OrFail();
        var connection = await relay.Connections.WaitForAsync(_ => true);
        using var script = engine.Start("param($inputs, $qos) $inputs | Send-IoTFEvent tick -QoS $qos -PassThru", Enumerable.Range(1, Count).ToArray(), qos);

        await script.Output.WaitForManyAsync(500);
        connection.Cut();
        var result = await script.WaitForEndAsync();

        Assert.Null(result.Failure);
        var acknowledged = result.Output.Select(receipt => (int)InputOf(receipt)).ToList();
        var failed = result.Errors.Select(error => (int)error.Target()!).ToList();
        Assert.InRange(acknowledged.Count, 500, Count - 1);
        Assert.Equal(Enumerable.Range(1, Count), acknowledged.Concat(failed).Order());
        Assert.All(result.Errors, error => Assert.Equal("ConnectionLost", error.Id()));
        Assert.All(result.Errors, error => Assert.False(string.IsNullOrWhiteSpace(error.NextStep())));

        // What was acknowledged has arrived; of the rest, what was under way may have.
        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), "iot-2/evt/tick/fmt/json", "0", qos);
        await subscriber.WaitForMessageAsync(message => message.Text == "0");
        var arrived = subscriber.Messages.Select(message => int.Parse(message.Text, CultureInfo.InvariantCulture)).ToHashSet();
        Assert.Subset(arrived, acknowledged.ToHashSet());
    }

    [Fact]
    public async Task What_failed_can_be_sent_again_from_its_error_records()
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false });
        await using var relay = new RecordingRelay(broker.PlainPort);
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("iot-2/evt/tick/fmt/json"));
        using var engine = new ScriptEngine(new Service(relay.Port));
        (await engine.RunAsync("$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -NoReconnect @service")).OrFail();
        var connection = await relay.Connections.WaitForAsync(_ => true);
        using var script = engine.Start(
            """
            param($inputs)
            $inputs | Send-IoTFEvent tick -ErrorVariable failed -ErrorAction SilentlyContinue
            $null = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -NoReconnect @service
            $failed.TargetObject | Send-IoTFEvent tick
            'end' | Send-IoTFEvent tick
            """,
            Enumerable.Range(1, Count).ToArray());

        await subscriber.WaitForMessagesAsync(500);
        connection.Cut();
        (await script.WaitForEndAsync()).OrFail();

        await subscriber.WaitForMessageAsync(message => message.Text == "end");
        var arrived = subscriber.Messages.Select(message => message.Text).ToHashSet();
        Assert.Superset(Enumerable.Range(1, Count).Select(number => number.ToString(CultureInfo.InvariantCulture)).ToHashSet(), arrived);
    }

    [Fact]
    public async Task A_disconnect_that_loses_its_connection_ends_and_says_what_was_not_acknowledged()
    {
        await using var broker = new MuteBroker();
        using var engine = new ScriptEngine(new Service(broker.Port));
        (await engine.RunAsync("$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -NoReconnect @service")).OrFail();
        using (var sending = engine.Start("'one' | Send-IoTFEvent tick"))
        {
            await broker.WaitForMessagesAsync(1);
            await sending.StopAsync();
        }

        using var script = engine.Start("'disconnecting'; Disconnect-IoTFSession -TimeoutSec 3600");
        await script.Output.WaitForAsync(said => said is "disconnecting");
        broker.HangUp();

        var error = Assert.Single((await script.WaitForEndAsync()).Errors);
        Assert.Equal(("NotConfirmed", "one"), (error.Id(), (string)error.Target()!));
        Assert.Empty((await engine.RunAsync("Get-IoTFSession")).OrFail().Output);
    }

    private static object InputOf(object receipt)
    {
        var input = PSObject.AsPSObject(receipt).Properties["Input"].Value;
        return input is PSObject wrapped ? wrapped.BaseObject : input;
    }
}
