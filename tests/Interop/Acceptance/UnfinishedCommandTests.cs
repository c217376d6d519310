using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A command is acknowledged when the script has worked on it: one that dies over it finds it again, one that finished it does not.</summary>
public sealed class UnfinishedCommandTests : IAsyncLifetime
{
    private const string ClientId = "d:abc123:pump:p1";
    private const string Connect = "$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Persistent @service";

    private MosquittoBroker broker = null!;

    public static TheoryData<int> QoS { get; } = [1, 2];

    public async Task InitializeAsync()
    {
        broker = await MosquittoBroker.StartAsync();
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        (await engine.RunAsync(Connect)).OrFail();
    }

    public async Task DisposeAsync() => await broker.DisposeAsync();

    [Theory]
    [MemberData(nameof(QoS))]
    public async Task A_command_that_a_script_threw_over_comes_again(int qos)
    {
        await CommandAsync(qos, "first", "second", "third");

        using (var engine = new ScriptEngine(new Service(broker.PlainPort)))
        {
            var dying = await engine.RunAsync(
                $$"""
                {{Connect}}
                Receive-IoTFCommand | ForEach-Object {
                    if ($_.CommandId -eq 'second') { throw 'the pump is stuck' }
                    $_.CommandId
                }
                """);
            Assert.Equal(["first"], dying.Output);
            Assert.Equal("the pump is stuck", dying.Failure?.Exception.Message);
        }

        await broker.WaitForDisconnectAsync(ClientId);
        Assert.Equal(["second", "third"], await ReceiveAsync(2));
    }

    [Theory]
    [MemberData(nameof(QoS))]
    public async Task A_command_comes_again_in_a_new_connection_of_the_same_script(int qos)
    {
        await CommandAsync(qos, "first", "second");
        using var engine = new ScriptEngine(new Service(broker.PlainPort));

        var result = await engine.RunAsync(
            $$"""
            {{Connect}}
            try { Receive-IoTFCommand | ForEach-Object { throw "unfinished $($_.CommandId)" } } catch { "$_" }
            $session | Disconnect-IoTFSession
            {{Connect}}
            Receive-IoTFCommand -Count 2 | ForEach-Object { $_.CommandId }
            """);

        Assert.Equal(["unfinished first", "first", "second"], result.OrFail().Output);
    }

    [Theory]
    [MemberData(nameof(QoS))]
    public async Task A_command_whose_script_was_killed_comes_again(int qos)
    {
        await CommandAsync(qos, "first", "second", "third");
        await using (var process = ShellProcess.Start(
            broker.PlainPort,
            $$"""
            {{Connect}}
            Receive-IoTFCommand | ForEach-Object {
                [Console]::WriteLine("working on $($_.CommandId)")
                if ($_.CommandId -eq 'second') { [Threading.Thread]::Sleep(-1) }
            }
            """))
        {
            await process.Program.WaitForLineAsync(line => line == "working on second");
            var finished = qos == 1 ? "PUBACK" : "PUBCOMP";
            await broker.Log.WaitForAsync(line => line.StartsWith($"Received {finished} from {ClientId} ", StringComparison.Ordinal));

            process.Program.Send(Signal.Kill);

            Assert.Equal(128 + 9, await process.Program.WaitForExitAsync());
        }

        await broker.WaitForLossAsync(ClientId);
        Assert.Equal(["second", "third"], await ReceiveAsync(2));
    }

    [Theory]
    [MemberData(nameof(QoS))]
    public async Task A_finished_command_does_not_come_again(int qos)
    {
        await CommandAsync(qos, "first");
        Assert.Equal(["first"], await ReceiveAsync(1));

        await CommandAsync(qos, "next");

        Assert.Equal(["next"], await ReceiveAsync(1));
    }

    [Theory]
    [InlineData("Receive-IoTFCommand | ForEach-Object { $_.CommandId; break }")]
    [InlineData("Receive-IoTFCommand | ForEach-Object -Process { $_.CommandId; return } -End { } | ForEach-Object { $_; break }")]
    public async Task A_command_whose_script_wants_no_more_is_finished(string receive)
    {
        await CommandAsync(1, "first", "second");

        using (var engine = new ScriptEngine(new Service(broker.PlainPort)))
        {
            var result = await engine.RunAsync($"{Connect}; do {{ {receive} }} while ($false)");
            Assert.Equal(["first"], result.OrFail().Output);
        }

        Assert.Equal(["second"], await ReceiveAsync(1));
    }

    private async Task CommandAsync(int qos, params string[] ids)
    {
        foreach (var id in ids)
        {
            await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), $"iot-2/cmd/{id}/fmt/json", "{}", qos);
        }
    }

    private async Task<IEnumerable<string>> ReceiveAsync(int count)
    {
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        var result = await engine.RunAsync($"param($count) {Connect}; Receive-IoTFCommand -Count $count", count);
        return result.OrFail().Output.Select(command => (string)PSObject.AsPSObject(command).Properties["CommandId"].Value);
    }
}
