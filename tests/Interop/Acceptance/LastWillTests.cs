using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>The last will: sent by the broker when a client is gone without a word, and not when it said goodbye.</summary>
public sealed class LastWillTests : IAsyncLifetime
{
    private MosquittoBroker broker = null!;

    public static TheoryData<string, string> Roles => new()
    {
        { "Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1", "iot-2/evt/lost/fmt/json" },
        { "Connect-IoTFGateway -Organization abc123 -DeviceType gwt -DeviceId gw1", "iot-2/type/gwt/id/gw1/evt/lost/fmt/json" },
        {
            "Connect-IoTFApplication -Organization abc123 -ApiKey a-abc123-key -ApplicationId dash -WillDeviceType pump -WillDeviceId p1",
            "iot-2/type/pump/id/p1/evt/lost/fmt/json"
        },
    };

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync() => await broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task It_is_sent_when_the_process_is_killed(string connect, string topic)
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("#"));
        await using var process = ShellProcess.Start(
            broker.PlainPort,
            $"$null = {connect} -WillEvent lost -WillData @{{ reason = 'killed' }} @service; [Console]::WriteLine('open'); [Threading.Thread]::Sleep(-1)");
        await process.Program.WaitForLineAsync(static line => line == "open");
        process.Program.Send(Signal.Kill);
        var will = await subscriber.WaitForMessageAsync(message => message.Topic == topic);
        Assert.Equal(("""{"reason":"killed"}""", 1, false), (will.Text, will.QoS, will.Retain));
    }

    [Theory]
    [MemberData(nameof(Roles))]
    public async Task It_is_not_sent_when_the_session_is_disconnected(string connect, string topic)
    {
        await using var subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("#"));
        using (var engine = new ScriptEngine(new Service(broker.PlainPort)))
        {
            (await engine.RunAsync($"{connect} -WillEvent lost -WillQoS 2 @service | Disconnect-IoTFSession")).OrFail();
        }

        // The broker would have sent it before this.
        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), "after", "x");
        await subscriber.WaitForMessageAsync(static message => message.Topic == "after");
        Assert.DoesNotContain(subscriber.Messages, message => message.Topic == topic);
    }
}
