using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A message larger than IoTF receives does not keep a session that the broker remembers from its other messages.</summary>
public sealed class OversizedMessageTests
{
    private const int TooLarge = 17 * 1024 * 1024;

    [Theory]
    [InlineData("3.1.1", 1, 1)]
    [InlineData("3.1.1", 2, 1)]
    [InlineData("5.0", 1, 0)]
    public async Task A_persistent_session_goes_on_behind_a_message_that_is_too_large(string version, int qos, int dropped)
    {
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions { LogPackets = false });
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        const string Connect = "$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Persistent -ProtocolVersion $version @service";
        (await engine.RunAsync($"param($version) {Connect}; $session | Disconnect-IoTFSession", version)).OrFail();
        var client = new MosquittoClientOptions(broker.PlainPort);
        await MosquittoPublisher.PublishAsync(client, "iot-2/cmd/large/fmt/bin", new byte[TooLarge], qos);
        await MosquittoPublisher.PublishAsync(client, "iot-2/cmd/small/fmt/json", "1", qos);

        var received = await engine.RunAsync(
            $$"""
            param($version)
            {{Connect}}
            (Receive-IoTFCommand -Count 1 -Timeout 60).CommandId
            "$($session.Dropped) dropped, $($session.Reconnects) reconnects"
            $session | Disconnect-IoTFSession
            {{Connect}}
            "$(@(Receive-IoTFCommand -Timeout 0).Count) left"
            $session | Disconnect-IoTFSession
            """,
            version);

        Assert.Equal(["small", $"{dropped} dropped, 0 reconnects", "0 left"], received.OrFail().Output);
    }
}
