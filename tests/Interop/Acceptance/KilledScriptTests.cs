using System.Globalization;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>A receiving script that is killed again and again, and started again: no command is left undone, and few are done twice.</summary>
public sealed class KilledScriptTests(ITestOutputHelper output)
{
    /// <summary>What the service has unacknowledged toward a device (protocol.md §2.6), and so the emulator.</summary>
    private const int EmulatorWindow = 10;

    /// <summary>
    /// The only window that Mosquitto 2.0.11 keeps to: with a wider one it sends, while messages are queued, a full window more for each
    /// acknowledgement, so that the number of messages under way has no bound.
    /// </summary>
    private const int MosquittoWindow = 1;

    private const string Connect = "$session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -Persistent @service";

    private const string Script =
        $$"""
        [Console]::WriteLine('ready')
        $null = [Console]::ReadLine()
        {{Connect}}
        Receive-IoTFCommand | ForEach-Object { [Console]::WriteLine("handled $($_.Data)") }
        """;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Theory]
    [InlineData(1, 20_000, 20)]
    [InlineData(2, 5_000, 5)]
    public async Task Each_command_is_handled_and_twice_at_most_one_for_each_kill(int qos, int commands, int kills)
    {
        var options = new MosquittoOptions { LogPackets = false, Persistence = true };
        await using var broker = await MosquittoBroker.StartAsync(options);
        using (var engine = new ScriptEngine(new Service(broker.PlainPort)))
        {
            (await engine.RunAsync(Connect)).OrFail();
        }

        await MosquittoPublisher.PublishLinesAsync(
            new MosquittoClientOptions(broker.PlainPort),
            "iot-2/cmd/work/fmt/json",
            [.. Enumerable.Range(1, commands).Select(number => number.ToString(CultureInfo.InvariantCulture))],
            qos);

        // Only now: mosquitto_pub does not keep to so small a window itself.
        await broker.StopAsync();
        await broker.StartAgainAsync(options with { MaxInflightMessages = MosquittoWindow });

        await HandleAsync(broker.PlainPort, commands, kills, MosquittoWindow);
    }

    [Theory]
    [InlineData(1, 5_000, 20)]
    [InlineData(2, 5_000, 5)]
    public async Task Each_command_of_the_emulator_is_handled_and_twice_at_most_those_in_the_window_at_each_kill(int qos, int commands, int kills)
    {
        using var engine = new ScriptEngine(new Service(0));
        var port = Assert.Single((await engine.RunAsync(
            $$"""
            $emulator = Start-IoTFEmulator abc123 -Port 0 -AllowInsecure -PlainPort 0
            $null = New-IoTFEmulatorDevice pump p1 -Token $service.Token
            $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication
            $service.Port = $emulator.PlainPort
            {{Connect}}
            $session | Disconnect-IoTFSession
            $emulator.PlainPort
            """)).OrFail().Output);

        // As many as the service keeps for a device that is away (protocol.md §2.6), which it is for a moment after each kill.
        using var sending = engine.Start(
            "param($count, $qos) 1..$count | Send-IoTFCommand work -DeviceType pump -DeviceId p1 -QoS $qos -Session $application", commands, qos);
        await HandleAsync((int)port, commands, kills, EmulatorWindow);
        (await sending.WaitForEndAsync(Limit)).OrFail();
    }

    private async Task HandleAsync(int port, int commands, int kills, int window)
    {
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        var random = new Random(seed);
        List<int> handled = [];
        var next = ShellProcess.Start(port, Script);
        for (var life = 0; life <= kills; life++)
        {
            // Started before it is its turn, because a process takes longer to start than to do its part.
            await using var process = next;
            await process.Program.WaitForLineAsync(line => line == "ready");
            await process.Program.WriteInputAsync("go\n"u8.ToArray());
            if (life < kills)
            {
                next = ShellProcess.Start(port, Script);
                var left = commands - handled.Distinct().Count();
                await process.Program.Output.WaitForManyAsync(1 + random.Next(left / (kills - life + 1)), IsHandled, Limit);
                process.Program.Send(Signal.Kill);
                await process.Program.WaitForExitAsync();
            }
            else
            {
                await process.Program.Output.WaitForAsync(line => IsHandled(line) && NumberOf(line) == commands, Limit);
            }

            handled.AddRange(process.Program.Output.Snapshot().Where(IsHandled).Select(NumberOf));
            Assert.Empty(process.Program.Errors.Snapshot());
        }

        var twice = handled.Count - handled.Distinct().Count();
        output.WriteLine($"{handled.Count} handled, {twice} of them again after {kills} kills");
        Assert.Equal(Enumerable.Range(1, commands), handled.Distinct());
        Assert.InRange(twice, 0, kills * window);
    }

    private static bool IsHandled(string line) => line.StartsWith("handled ", StringComparison.Ordinal);

    private static int NumberOf(string line) => int.Parse(line.AsSpan("handled ".Length), CultureInfo.InvariantCulture);
}
