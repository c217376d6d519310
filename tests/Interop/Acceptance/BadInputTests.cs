using System.Collections;
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
        var largest = new string('x', LargestPayload);
        var tooLarge = new string('y', LargestPayload + 1);

        await OneErrorAsync("PayloadTooLarge", tooLarge, ["before", largest, tooLarge, "after"], ["before", largest, "after"], qos);
    }

    [Fact]
    public async Task Bytes_that_are_too_many_are_one_error_and_the_rest_goes_on()
    {
        var tooLarge = new byte[LargestPayload + 1];

        await OneErrorAsync("PayloadTooLarge", tooLarge, ["before", tooLarge, "after"], ["before", "after"]);
    }

    [Fact]
    public async Task An_object_whose_JSON_is_too_large_is_one_error_and_the_rest_goes_on()
    {
        var tooLarge = new Hashtable { ["text"] = new string('z', LargestPayload) };

        await OneErrorAsync("PayloadTooLarge", tooLarge, ["before", tooLarge, "after"], ["before", "after"]);
    }

    [Fact]
    public async Task An_object_without_a_form_in_JSON_is_one_error_and_the_rest_goes_on()
    {
        var notANumber = new Hashtable { ["temperature"] = double.NaN };
        await OneErrorAsync("NotSerializable", notANumber, ["before", notANumber, "after"], ["before", "after"]);
    }

    [Fact]
    public async Task Code_is_one_error_and_the_rest_goes_on()
    {
        var code = new Hashtable { ["code"] = System.Management.Automation.ScriptBlock.Create("Get-Date") };
        await OneErrorAsync("NotSerializable", code, ["before", code, "after"], ["before", "after"]);
    }

    [Fact]
    public async Task An_object_that_contains_itself_is_one_error_and_the_rest_goes_on()
    {
        var endless = new Hashtable();
        endless["self"] = endless;

        await OneErrorAsync("PayloadTooDeep", endless, ["before", endless, "after"], ["before", "after"]);
    }

    [Fact]
    public async Task A_secret_is_one_error_and_the_rest_goes_on()
    {
        var secret = new Hashtable { ["password"] = Service.Secret("hidden") };

        await OneErrorAsync("PayloadHoldsSecret", secret, ["before", secret, "after"], ["before", "after"]);
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

    private async Task OneErrorAsync(string id, object culprit, object[] inputs, string[] arriving, int qos = 1)
    {
        var result = await engine.RunAsync("param($inputs, $qos) $inputs | Send-IoTFEvent status -QoS $qos", inputs, qos);

        var error = Refusals.HasIdAndNextStep(id, result);
        Assert.Same(culprit, error.Target());
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
