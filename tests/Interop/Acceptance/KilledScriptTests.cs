using System.Globalization;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A receiving script that is killed again and again, and started again: no command is left undone, and few are done twice.</summary>
[Collection(nameof(Alone))]
public sealed class KilledScriptTests(ITestOutputHelper output)
{
    private const int Commands = 20_000, Kills = 20;

    /// <summary>
    /// The only window that Mosquitto 2.0.11 keeps to: with a wider one it sends, while messages are queued, a full window more for each
    /// acknowledgement, so that the number of messages under way has no bound.
    /// </summary>
    private const int Window = 1;

    private const string Connect = "$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Persistent @service";

    private const string Script =
        $$"""
        [Console]::WriteLine('ready')
        $null = [Console]::ReadLine()
        {{Connect}}
        Receive-IoTFCommand | ForEach-Object { [Console]::WriteLine("handled $($_.Data)") }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Each_command_is_handled_and_twice_at_most_those_that_were_in_the_window_when_the_script_was_killed(int qos)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        var options = new MosquittoOptions { LogPackets = false, Persistence = true };
        await using var broker = await MosquittoBroker.StartAsync(options);
        using (var engine = new ScriptEngine(new Service(broker.PlainPort)))
        {
            (await engine.RunAsync(Connect)).OrFail();
        }

        await MosquittoPublisher.PublishLinesAsync(
            new MosquittoClientOptions(broker.PlainPort),
            "iot-2/cmd/work/fmt/json",
            [.. Enumerable.Range(1, Commands).Select(number => number.ToString(CultureInfo.InvariantCulture))],
            qos);

        // Only now: mosquitto_pub does not keep to so small a window itself.
        await broker.StopAsync();
        await broker.StartAgainAsync(options with { MaxInflightMessages = Window });
        List<int> handled = [];
        var next = ShellProcess.Start(broker.PlainPort, Script);
        for (var life = 0; life <= Kills; life++)
        {
            // Started before it is its turn, because a process takes longer to start than to do its part.
            await using var process = next;
            await process.Program.WaitForLineAsync(line => line == "ready");
            await process.Program.WriteInputAsync("go\n"u8.ToArray());
            next = life < Kills ? ShellProcess.Start(broker.PlainPort, Script) : null!;
            var before = handled.Distinct().Count();
            if (life < Kills)
            {
                await process.Program.Output.WaitForManyAsync(1 + random.Next((Commands - before) / (Kills - life + 1)), IsHandled, Limit);
                process.Program.Send(Signal.Kill);
                await process.Program.WaitForExitAsync();
            }
            else
            {
                await process.Program.Output.WaitForAsync(line => IsHandled(line) && NumberOf(line) == Commands, Limit);
            }

            handled.AddRange(process.Program.Output.Snapshot().Where(IsHandled).Select(NumberOf));
            Assert.Empty(process.Program.Errors.Snapshot());
        }

        var twice = handled.Count - handled.Distinct().Count();
        output.WriteLine($"{handled.Count} handled, {twice} of them again after {Kills} kills");
        Assert.Equal(Enumerable.Range(1, Commands), handled.Distinct());
        Assert.InRange(twice, 0, Kills * Window);
    }

    private static bool IsHandled(string line) => line.StartsWith("handled ", StringComparison.Ordinal);

    private static int NumberOf(string line) => int.Parse(line.AsSpan("handled ".Length), CultureInfo.InvariantCulture);
}
