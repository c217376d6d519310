using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Another client with the same ClientId, which connects again whenever it is disconnected.</summary>
public sealed class TakeOverTests(ITestOutputHelper output)
{
    private const string ClientId = "d:abc123:pump:p1";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Theory]
    [InlineData("3.1.1")]
    [InlineData("5.0")]
    public async Task A_ClientId_that_another_client_takes_over_while_traffic_flows_ends_the_session(string version)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        using var script = engine.Start(
            """
            param($version)
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -ProtocolVersion $version -ReconnectDelay 0.1 -MaxReconnectDelay 2 @service
            'connected'
            while ($true) { try { 'x' | Send-IoTFEvent tick -Session $session -Format text -TimeoutSec 120 -ErrorAction Stop } catch { "$_ $($_.ErrorDetails.RecommendedAction)"; break } }
            $session.State
            $session.LastError
            """,
            version);
        await script.Output.WaitForAsync(said => said is "connected");

        // It connects again by itself, a second after it was disconnected.
        await using var thief = RunningProgram.Start(
            DebianProgram.MosquittoSubscribe,
            ["-h", "127.0.0.1", "-p", $"{broker.PlainPort}", "-V", version == "5.0" ? "mqttv5" : "mqttv311", "-i", ClientId, "-t", "other"]);
        var result = await script.WaitForEndAsync(Limit);

        Assert.Null(result.Failure);
        var said = result.Output.Skip(1).Select(one => $"{one}").ToList();
        output.WriteLine(string.Join('\n', said));
        Assert.Equal("Failed", said[1]);

        // The message that it ended over is told the same as one that comes later.
        Assert.Contains("same ClientId", said[0], StringComparison.Ordinal);
        Assert.Contains(said[2], said[0], StringComparison.Ordinal);
    }
}
