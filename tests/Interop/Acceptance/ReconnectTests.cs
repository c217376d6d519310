using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>What scripts see of a service that is away for a while.</summary>
public sealed class ReconnectTests : IAsyncLifetime
{
    private const string ClientId = "d:abc123:pump:p1", Topic = "iot-2/evt/tick/fmt/json";

    private const string Connect = "$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -ReconnectDelay 0.01 -MaxReconnectDelay 0.05 @service";

    private MosquittoBroker broker = null!;
    private Drawbridge bridge = null!;
    private ScriptEngine engine = null!;

    private MosquittoClientOptions Client => new(broker.PlainPort);

    public async Task InitializeAsync()
    {
        broker = await MosquittoBroker.StartAsync();
        bridge = new Drawbridge(broker.PlainPort);
        engine = new ScriptEngine(new Service(bridge.Port));
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await bridge.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_pipeline_goes_on_when_the_service_comes_back_with_one_warning(int qos)
    {
        const int count = 5_000;
        await using var subscriber = await MosquittoSubscriber.StartAsync(Client, new MosquittoSubscription(Topic));
        (await engine.RunAsync($"{Connect} -Persistent")).OrFail();
        using var script = engine.Start("param($count, $qos) 1..$count | Send-IoTFEvent tick -QoS $qos -PassThru", count, qos);

        await script.Output.WaitForManyAsync(500);
        await AwayAsync();
        bridge.Lower();
        var result = (await script.WaitForEndAsync()).OrFail();

        Assert.Equal(count, result.Output.Count);
        Assert.Contains($"{ClientId} lost its connection and is connected to 127.0.0.1:{bridge.Port} again", Assert.Single(result.Warnings), StringComparison.Ordinal);
        await MosquittoPublisher.PublishAsync(Client, Topic, "0", qos);
        await subscriber.WaitForMessageAsync(message => message.Text == "0");
        Assert.Equal(count, subscriber.Messages.Select(message => message.Text).Where(text => text != "0").Distinct().Count());
    }

    [Fact]
    public async Task A_session_tells_that_it_is_reconnecting_and_why()
    {
        (await engine.RunAsync(Connect)).OrFail();
        await AwayAsync();

        dynamic away = PSObject.AsPSObject(Assert.Single((await engine.RunAsync("Get-IoTFSession")).OrFail().Output));
        Assert.Equal(("Reconnecting", 0), ((string)away.State, (int)away.Reconnects));
        Assert.InRange((int)away.Attempts, 2, int.MaxValue);
        Assert.Contains($"127.0.0.1:{bridge.Port}", (string)away.LastError, StringComparison.Ordinal);

        bridge.Lower();

        // An event may be acknowledged before the subscriptions are, and with those the session is open.
        dynamic back = PSObject.AsPSObject(Assert.Single((await engine.RunAsync("""
            'one' | Send-IoTFEvent tick
            $limit = [datetime]::UtcNow.AddSeconds(60)
            do { $session = Get-IoTFSession } until ($session.State -eq 'Open' -or [datetime]::UtcNow -gt $limit)
            $session
            """)).OrFail().Output));
        Assert.Equal(("Open", 1, 0), ((string)back.State, (int)back.Reconnects, (int)back.Attempts));
    }

    [Theory]
    [InlineData("", "", "before after")]
    [InlineData("-Persistent", "", "before meanwhile after")]
    [InlineData("-Persistent", "-ProtocolVersion 5.0", "before meanwhile after")]
    [InlineData("", "-ProtocolVersion 3.1", "before after")]
    public async Task A_receiver_waits_over_an_outage_and_gets_what_comes_after_it(string persistent, string version, string expected)
    {
        (await engine.RunAsync($"{Connect} {persistent} {version}")).OrFail();
        using var script = engine.Start("param($count) Receive-IoTFCommand -Count $count | ForEach-Object CommandId", expected.Split(' ').Length);
        await CommandAsync("before");
        await script.Output.WaitForAsync(id => id is "before");
        await broker.Log.WaitForAsync(line => line.StartsWith($"Received PUBACK from {ClientId} ", StringComparison.Ordinal));
        var said = broker.Log.Count;

        await AwayAsync();
        await CommandAsync("meanwhile");
        bridge.Lower();

        // The broker of a persistent session has the subscription still, and is not asked again.
        var ready = persistent.Length > 0 ? $"Sending CONNACK to {ClientId} (1, 0)" : $"Sending SUBACK to {ClientId}";
        await broker.Log.WaitForAsync(line => line == ready, from: said);
        await CommandAsync("after");

        Assert.Equal(expected.Split(' '), (await script.WaitForEndAsync()).OrFail().Output);

        Task CommandAsync(string id) => MosquittoPublisher.PublishAsync(Client, $"iot-2/cmd/{id}/fmt/json", "{}");
    }

    [Fact]
    public async Task What_an_application_asked_for_is_subscribed_again()
    {
        (await engine.RunAsync("$session = Connect-IoTFApplication -ApiKey a-abc123-key4567890 -Organization abc123 -ApplicationId dashboard -ReconnectDelay 0.01 -MaxReconnectDelay 0.05 @service")).OrFail();
        using var script = engine.Start("Receive-IoTFEvent tick -DeviceType pump -Count 1 -Verbose | ForEach-Object EventId");
        await script.Verbose.WaitForAsync(line => line.StartsWith("Receiving ", StringComparison.Ordinal));
        var said = broker.Log.Count;

        await AwayAsync();
        bridge.Lower();
        await broker.Log.WaitForAsync(line => line == "Sending SUBACK to a:abc123:dashboard", from: said);
        await MosquittoPublisher.PublishAsync(Client, "iot-2/type/pump/id/p1/evt/tick/fmt/json", "{}");

        Assert.Equal(["tick"], (await script.WaitForEndAsync()).OrFail().Output);
    }

    [Fact]
    public async Task Ctrl_C_ends_a_send_that_waits_for_the_connection_and_the_session_goes_on()
    {
        (await engine.RunAsync(Connect)).OrFail();
        await AwayAsync();
        using var script = engine.Start("'sending'; 1..100 | Send-IoTFEvent tick");
        await script.Output.WaitForAsync(said => said is "sending");

        var (result, took) = await script.StopAsync();

        Assert.True(result.Stopped);
        Assert.Empty(result.Errors);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        bridge.Lower();
        Assert.Single((await engine.RunAsync("'one' | Send-IoTFEvent tick -PassThru")).OrFail().Output);
    }

    [Fact]
    public async Task A_send_gives_up_when_the_service_stays_away()
    {
        (await engine.RunAsync(Connect)).OrFail();
        await AwayAsync();

        var result = await engine.RunAsync("'one', 'two' | Send-IoTFEvent tick -TimeoutSec 0.5");

        Assert.Equal(["one", "two"], result.Errors.Select(error => error.Target()));
        Assert.All(result.Errors, error => Assert.Equal("AcknowledgeTimeout", error.Id()));
    }

    [Fact]
    public async Task A_disconnect_ends_at_once_when_there_is_nothing_to_deliver()
    {
        (await engine.RunAsync(Connect)).OrFail();
        await AwayAsync();

        var result = await engine.RunAsync("Disconnect-IoTFSession -TimeoutSec 3600; Get-IoTFSession");

        Assert.Empty(result.OrFail().Output);
    }

    [Fact]
    public async Task A_disconnect_says_at_its_deadline_what_was_not_confirmed()
    {
        await using var mute = new MuteBroker();
        using var mine = new ScriptEngine(new Service(mute.Port));
        (await mine.RunAsync($"{Connect} -MaxInFlight 3")).OrFail();
        using (var sending = mine.Start("1..5 | Send-IoTFEvent tick"))
        {
            await mute.WaitForMessagesAsync(3);
            await sending.StopAsync();
        }

        mute.HangUp();
        var result = await mine.RunAsync("Disconnect-IoTFSession -TimeoutSec 0.5");

        Assert.Equal([1, 2, 3], result.Errors.Select(error => error.Target()));
        Assert.All(result.Errors, error => Assert.Equal("NotConfirmed", error.Id()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_service_that_stops_answering_is_left_and_asked_again(int qos)
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(Client, new MosquittoSubscription(Topic));
        (await engine.RunAsync($"{Connect} -Persistent -KeepAlive 1 -ConnectTimeout 0.5")).OrFail();

        broker.Send(Signal.Stop);
        using var script = engine.Start("param($qos) 1..100 | Send-IoTFEvent tick -QoS $qos", qos);
        await bridge.Connections.WaitForManyAsync(3);
        broker.Send(Signal.Continue);
        var result = (await script.WaitForEndAsync()).OrFail();

        Assert.NotEmpty(result.Warnings);
        await MosquittoPublisher.PublishAsync(Client, Topic, "0", qos);
        await subscriber.WaitForMessageAsync(message => message.Text == "0");
        Assert.Equal(Enumerable.Range(1, 100).Select(number => $"{number}"), subscriber.Messages.Select(message => message.Text).Where(text => text != "0").Distinct());
    }

    [Fact]
    public async Task A_refusal_that_will_not_change_ends_the_session()
    {
        await using var strict = await MosquittoBroker.StartAsync(With("first"));
        using var mine = new ScriptEngine(new Service(strict.PlainPort));
        (await mine.RunAsync(Connect)).OrFail();

        await strict.KillAsync();
        // Named, since it may have ended before the cmdlet looks for an open one. Then there is no session, for the same reason.
        using var script = mine.Start("'sending'; 'one' | Send-IoTFEvent tick -Session $session");
        await script.Output.WaitForAsync(said => said is "sending");
        await strict.StartAgainAsync(With("second"));
        var result = await script.WaitForEndAsync();

        var error = Assert.Single(result.Errors);
        Assert.Contains(error.Id(), new[] { "NotAuthorized", "NoSession" });
        dynamic session = PSObject.AsPSObject(Assert.Single((await mine.RunAsync("$session")).OrFail().Output));
        Assert.Equal("Failed", (string)session.State);
        Assert.Contains((string)session.LastError, $"{error}", StringComparison.Ordinal);

        static MosquittoOptions With(string token) => new()
        {
            Users = new Dictionary<string, string> { [Service.DeviceUser] = token == "first" ? Service.Token : "another token" },
        };
    }

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task A_session_whose_ClientId_is_stolen_again_and_again_ends_and_says_so(string version)
    {
        (await engine.RunAsync($"param($version) {Connect} -ProtocolVersion $version", version)).OrFail();
        using var script = engine.Start("Receive-IoTFCommand -Verbose");
        await script.Verbose.WaitForAsync(line => line.StartsWith("Receiving ", StringComparison.Ordinal));

        // It connects again each time that it is thrown out itself.
        await using var thief = await MosquittoSubscriber.StartAsync(Client with { ClientId = ClientId }, new MosquittoSubscription("#"));
        var error = Refusals.HasIdAndNextStep("RepeatedlyDisconnected", await script.WaitForEndAsync());

        Assert.Contains("same ClientId", $"{error} {error.NextStep()}", StringComparison.Ordinal);
        dynamic session = PSObject.AsPSObject(Assert.Single((await engine.RunAsync("$session")).OrFail().Output));
        Assert.Equal("Failed", (string)session.State);
    }

    /// <summary>Takes the service away, and waits until the session has tried to connect again more than once.</summary>
    private async Task AwayAsync()
    {
        bridge.Raise();
        await bridge.Connections.WaitForManyAsync(3, passed => !passed);
    }
}
