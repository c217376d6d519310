using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Status messages of every age, from a broker that passes on what it is given (protocol.md §11.4).</summary>
public sealed class StatusTests : IAsyncLifetime
{
    private const string Old =
        """{"ClientAddr":"195.212.29.68","Protocol":"mqtt-tcp","ClientID":"d:bcaxk:psutil:001","User":"use-token-auth","Time":"2014-07-07T06:37:56.494-04:00","Action":"Connect","ConnectTime":"2014-07-07T06:37:56.493-04:00","Port":1883}""";

    private const string Connect = "$application = Connect-IoTFApplication -Organization abc123 -ApiKey a-abc123-key -ApplicationId watcher -SendOnly @service;";

    private MosquittoBroker broker = null!;

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync();

    public async Task DisposeAsync() => await broker.DisposeAsync();

    [Fact]
    public async Task What_the_service_has_kept_comes_first_and_everything_is_read()
    {
        await TellAsync("type/psutil/id/001", Old, retain: true);
        await TellAsync("type/pump/id/p1", """{"Action":"Disconnect","ClientID":"d:abc123:pump:p1","CloseCode":288,"Certname":"d:pump:p1"}""", retain: true);
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        var result = await engine.RunAsync($$"""{{Connect}} Receive-IoTFStatus -Count 2 | ForEach-Object { "$_|$($_.Retained)|$($_.IsConnected)|$($_.CloseMeaning)|$($_.CertificateName)|$($_.Port)|$("{0:o}" -f $_.Time)" }""");
        Assert.Equal(
            [
                "psutil/001: Connect|True|True|||1883|2014-07-07T10:37:56.4940000Z",
                "pump/p1: Disconnect (288)|True||Another connection uses the same ClientId.|d:pump:p1||",
            ],
            result.OrFail().Output.Select(text => $"{text}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Applications_are_asked_for_and_what_only_clears_is_passed_over()
    {
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        var running = engine.Start($$"""{{Connect}} Receive-IoTFStatus -Application -Count 3 | ForEach-Object { "$_|$($_.IsConnected)|$($_.DataError)" }""");
        await broker.Log.WaitForAsync(static line => line.Contains("iot-2/app/+/mon", StringComparison.Ordinal));
        await TellAsync("type/pump/id/p1", """{"Action":"Connect"}""");
        await TellAsync("app/dash", "");
        await TellAsync("app/dash", """{"Action":"Active"}""");
        await TellAsync("app/dash", "{");
        await TellAsync("app/other", """{"Action":"FailedConnect","CloseCode":180}""");
        var result = await running.WaitForEndAsync();
        Assert.Equal(
            ["application dash: Active||", "application dash: The payload is not a JSON object.||The payload is not a JSON object.", "application other: FailedConnect (180)||"],
            result.OrFail().Output.Select(text => $"{text}"));
    }

    [Theory]
    [InlineData("Receive-IoTFStatus -DeviceType pump -DeviceId p1 -Timeout 0", "iot-2/type/pump/id/p1/mon")]
    [InlineData("Receive-IoTFStatus -TypeId pump -Timeout 0", "iot-2/type/pump/id/+/mon")]
    [InlineData("Receive-IoTFStatus -Application -ApplicationId dash -Timeout 0", "iot-2/app/dash/mon")]
    [InlineData("Receive-IoTFEvent status -DeviceType pump -DeviceId p1 -Format text -Timeout 0", "iot-2/type/pump/id/p1/evt/status/fmt/text")]
    [InlineData("Receive-IoTFCommand reboot -DeviceType pump -Timeout 0", "iot-2/type/pump/id/+/cmd/reboot/fmt/+")]
    [InlineData("Receive-IoTFCommand -Timeout 0", "iot-2/type/+/id/+/cmd/+/fmt/+")]
    public async Task What_is_asked_for_is_selected_by_the_service(string receive, string filter)
    {
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        (await engine.RunAsync($"{Connect} {receive}")).OrFail();
        await broker.Log.WaitForAsync(line => line.EndsWith($"\t{filter} (QoS 2)", StringComparison.Ordinal));
    }

    private Task TellAsync(string whose, string text, bool retain = false) =>
        MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), $"iot-2/{whose}/mon", text, qos: 1, retain);
}
