using System.Diagnostics;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using IoTF.Tests.Interop.Signals;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Ctrl+C ends whatever a cmdlet waits for in under a second, and that is no error.</summary>
[Collection(nameof(Alone))]
public sealed class InterruptionTests
{
    private const string Connect = "Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service";

    private const int PayloadCount = 8192;

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static TheoryData<string> BlockedSends { get; } =
    [
        "1..1000 | Send-IoTFEvent tick",
        "1..10 | Send-IoTFEvent tick",
        "1..1000 | Send-IoTFEvent tick -QoS 2",
        "1..1000 | Send-IoTFEvent tick -PassThru",
    ];

    [Theory]
    [InlineData("")]
    [InlineData("-Insecure")]
    public async Task A_blocked_connect_is_stopped(string security)
    {
        await using var server = new SilentServer();
        using var engine = new ScriptEngine();
        using var script = engine.Start(
            $"param($token) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -HostName 127.0.0.1 -Port {server.Port} -Token $token {security}",
            Service.Secret(Service.Token));
        var connection = await server.Connections.WaitForAsync(_ => true);
        await connection.Received.WaitForAsync(1);

        await StoppedAsync(script, engine);

        await connection.WaitForCloseAsync();
    }

    [Fact]
    public async Task A_connect_that_waits_for_the_answer_to_its_subscription_is_stopped()
    {
        await using var broker = new MuteBroker { AnswersSubscribe = false };
        using var engine = new ScriptEngine(new Service(broker.Port));
        using var script = engine.Start(Connect);
        await broker.WaitForSubscribeAsync();

        await StoppedAsync(script, engine);
    }

    [Theory]
    [MemberData(nameof(BlockedSends))]
    public async Task A_blocked_send_is_stopped(string send)
    {
        await using var broker = new MuteBroker();
        using var engine = new ScriptEngine(new Service(broker.Port));
        (await engine.RunAsync($"$session = {Connect} -MaxInFlight 10")).OrFail();
        using var script = engine.Start(send);
        await broker.WaitForMessagesAsync(10);

        await StoppedAsync(script, engine);

        broker.HangUp();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_send_that_fills_the_network_of_a_service_that_reads_nothing_is_stopped(int qos)
    {
        await using var broker = new MuteBroker { ReadsMessages = false };
        using var engine = new ScriptEngine(new Service(broker.Port));
        (await engine.RunAsync($"$session = {Connect} -MaxInFlight 65535")).OrFail();
        using var script = engine.Start(
            """
            param($count, $qos)
            $payload = [byte[]]::new(128KB)
            $taken = 0
            & { for (; $taken -lt $count; $script:taken++) { if ($taken -eq 4) { Write-Verbose 'It has taken 4.' -Verbose }; , $payload } } | Send-IoTFEvent tick -QoS $qos
            """,
            PayloadCount,
            qos);

        // More than half a megabyte fits into what lies between the two ends, and far less than a gigabyte.
        await script.Verbose.WaitForAsync(line => line == "It has taken 4.");
        await StoppedAsync(script, engine);

        Assert.InRange((int)Assert.Single((await engine.RunAsync("$taken")).OrFail().Output), 4, PayloadCount - 1);
        broker.HangUp();
    }

    [Fact]
    public async Task A_disconnect_that_waits_for_acknowledgements_is_stopped_and_the_service_is_still_told_goodbye()
    {
        await using var broker = new MuteBroker();
        using (var engine = new ScriptEngine(new Service(broker.Port)))
        {
            (await engine.RunAsync($"$session = {Connect}")).OrFail();
            using (var sending = engine.Start("'one' | Send-IoTFEvent tick"))
            {
                await broker.WaitForMessagesAsync(1);
                await StoppedAsync(sending, engine);
            }

            using var script = engine.Start("'disconnecting'; Disconnect-IoTFSession");
            await script.Output.WaitForAsync(said => said is "disconnecting");
            await StoppedAsync(script, engine);
        }

        await broker.WaitForDisconnectAsync();
    }

    [Theory]
    [InlineData("Receive-IoTFCommand -Verbose")]
    [InlineData("Receive-IoTFCommand -Timeout 3600 -Verbose")]
    [InlineData("Receive-IoTFCommand reboot -Count 5 -Verbose | ForEach-Object { $_ }")]
    public async Task An_idle_receive_is_stopped(string receive)
    {
        await using var broker = await MosquittoBroker.StartAsync();
        using var engine = new ScriptEngine(new Service(broker.PlainPort));
        (await engine.RunAsync($"$session = {Connect}")).OrFail();
        using var script = engine.Start(receive);
        await script.Verbose.WaitForAsync(line => line.StartsWith("Receiving ", StringComparison.Ordinal));

        await StoppedAsync(script, engine);

        // The session is as good as before.
        await MosquittoPublisher.PublishAsync(new MosquittoClientOptions(broker.PlainPort), "iot-2/cmd/reboot/fmt/json", "{}");
        Assert.Single((await engine.RunAsync("Receive-IoTFCommand -Count 1 -Timeout 20")).OrFail().Output);
    }

    [Fact]
    public async Task Ctrl_C_in_the_console_stops_a_blocked_connect()
    {
        await using var server = new SilentServer();
        await using var process = ShellProcess.Start(server.Port, $"try {{ {Connect} }} finally {{ [Console]::WriteLine('stopped') }}");
        await server.Connections.WaitForAsync(_ => true);

        await StoppedAsync(process);
    }

    [Fact]
    public async Task Ctrl_C_in_the_console_stops_a_blocked_send()
    {
        await using var broker = new MuteBroker();
        await using var process = ShellProcess.Start(
            broker.Port, $"$session = {Connect}; try {{ 1..1000 | Send-IoTFEvent tick }} finally {{ [Console]::WriteLine('stopped') }}");
        await broker.WaitForMessagesAsync(10);

        await StoppedAsync(process);

        await broker.WaitForDisconnectAsync();
    }

    [Fact]
    public async Task Ctrl_C_in_the_console_stops_an_idle_receive()
    {
        await using var broker = await MosquittoBroker.StartAsync();
        await using var process = ShellProcess.Start(
            broker.PlainPort, $"$session = {Connect}; try {{ Receive-IoTFCommand -Verbose }} finally {{ [Console]::WriteLine('stopped') }}");
        await process.Program.WaitForLineAsync(line => line.Contains("Receiving ", StringComparison.Ordinal));

        await StoppedAsync(process);

        await broker.WaitForDisconnectAsync("d:abc123:pump:p1");
    }

    private static async Task StoppedAsync(RunningScript script, ScriptEngine engine)
    {
        var (result, took) = await script.StopAsync();

        Assert.True(result.Stopped);
        Assert.InRange(took, TimeSpan.Zero, Limit);
        Assert.Empty(result.Errors);
        Assert.Equal([0], (await engine.RunAsync("$Error.Count")).OrFail().Output);
    }

    private static async Task StoppedAsync(ShellProcess process)
    {
        var watch = Stopwatch.StartNew();
        process.Program.Send(Signal.Interrupt);
        await process.Program.Output.WaitForAsync(line => line == "stopped");
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, Limit);

        // PowerShell asks for $? behind a script file that Ctrl+C stopped, and ends with 1 when the same Ctrl+C still stops that question, too.
        Assert.InRange(await process.Program.WaitForExitAsync(), 0, 1);
        Assert.Empty(process.Program.Errors.Snapshot());
    }
}
