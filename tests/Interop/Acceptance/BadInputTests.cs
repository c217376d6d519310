using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Nothing is sent for bad input, and what is good in the same pipeline arrives.</summary>
public sealed class BadInputTests : IAsyncLifetime
{
    private const int LargestPayload = 131_072;

    private MosquittoBroker broker = null!;
    private MosquittoSubscriber subscriber = null!;
    private ScriptEngine engine = null!;

    public async Task InitializeAsync()
    {
        broker = await MosquittoBroker.StartAsync();
        subscriber = await MosquittoSubscriber.StartAsync(new MosquittoClientOptions(broker.PlainPort), new MosquittoSubscription("#"));
        engine = new ScriptEngine(new Service(broker.PlainPort));
        (await engine.RunAsync("$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service")).OrFail();
    }

    public async Task DisposeAsync()
    {
        engine.Dispose();
        await subscriber.DisposeAsync();
        await broker.DisposeAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_payload_that_is_too_large_is_one_error_and_the_rest_goes_on(int qos)
    {
        await OneErrorAsync(
            "PayloadTooLarge", $"'y' * {LargestPayload + 1}", ["before", new string('x', LargestPayload), "after"], qos, before: $"'x' * {LargestPayload}");
    }

    [Fact]
    public async Task Bytes_that_are_too_many_are_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("PayloadTooLarge", $"[byte[]]::new({LargestPayload + 1})", ["before", "after"]);
    }

    [Fact]
    public async Task An_object_whose_JSON_is_too_large_is_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("PayloadTooLarge", $"@{{ text = 'z' * {LargestPayload} }}", ["before", "after"]);
    }

    [Fact]
    public async Task An_object_without_a_form_in_JSON_is_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("NotSerializable", "@{ temperature = [double]::NaN }", ["before", "after"]);
    }

    [Fact]
    public async Task Code_is_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("NotSerializable", "@{ code = { Get-Date } }", ["before", "after"]);
    }

    [Fact]
    public async Task An_object_that_contains_itself_is_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("PayloadTooDeep", "@{}; $culprit.self = $culprit", ["before", "after"]);
    }

    [Fact]
    public async Task A_secret_is_one_error_and_the_rest_goes_on()
    {
        await OneErrorAsync("PayloadHoldsSecret", "@{ password = ConvertTo-SecureString hidden -AsPlainText -Force }", ["before", "after"]);
    }

    [Theory]
    [InlineData("+")]
    [InlineData("#")]
    [InlineData("status/+")]
    [InlineData("a#b")]
    [InlineData("a/b")]
    [InlineData("")]
    public async Task A_bad_event_id_is_one_error_and_nothing_is_sent(string eventId)
    {
        var result = await engine.RunAsync("param($id) 'one', 'two', 'three' | Send-IoTFEvent $id", eventId);

        var error = Refusals.HasIdAndNextStep("InvalidEventId", result);
        Assert.Equal(eventId, error.Target());
        await NothingElseArrivesAsync([]);
    }

    [Fact]
    public async Task A_bad_event_id_of_one_call_does_not_end_the_loop_around_it()
    {
        var result = await engine.RunAsync("foreach ($id in 'good', 'b+d', '', 'fine') { Send-IoTFEvent $id $id }");

        Assert.Equal(["b+d", ""], result.Errors.Select(error => error.Target()));
        Assert.All(result.Errors, error => Assert.Equal("InvalidEventId", error.Id()));
        await NothingElseArrivesAsync(["good", "fine"]);
    }

    [Fact]
    public async Task A_bad_format_is_one_error_and_nothing_is_sent()
    {
        var result = await engine.RunAsync("'one', 'two' | Send-IoTFEvent status -Format 'js/on'");

        Refusals.HasIdAndNextStep("InvalidFormat", result);
        await NothingElseArrivesAsync([]);
    }

    /// <param name="culprit">The bad input, as an expression of PowerShell.</param>
    /// <param name="before">What is sent before it besides, as one.</param>
    private async Task OneErrorAsync(string id, string culprit, string[] arriving, int qos = 1, string before = "")
    {
        var result = await engine.RunAsync(
            $"param($qos) $culprit = {culprit}; 'before'{(before.Length > 0 ? $", ({before})" : "")}, $culprit, 'after' | Send-IoTFEvent status -QoS $qos", qos);

        Refusals.HasIdAndNextStep(id, result);
        Assert.Equal([true], (await engine.RunAsync("[object]::ReferenceEquals($Error[0].TargetObject, $culprit)")).OrFail().Output);
        await NothingElseArrivesAsync(arriving);
    }

    /// <summary>A last event closes the list: a broker keeps the order of one client's messages.</summary>
    private async Task NothingElseArrivesAsync(string[] expected)
    {
        (await engine.RunAsync("'the last' | Send-IoTFEvent last; $session.State")).OrFail();
        var messages = await subscriber.WaitForMessagesAsync(expected.Length + 1);
        Assert.Equal([.. expected, "the last"], messages.Select(message => message.Text));
        Assert.DoesNotContain(broker.Log.Snapshot(), line => line.Contains("disconnected", StringComparison.Ordinal) || line.Contains("closed", StringComparison.Ordinal));
    }
}
