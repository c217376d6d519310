using System.Diagnostics;
using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>How many messages a second a receiver takes while a device floods it.</summary>
internal static class Receive
{
    private const string Filter = "iot-2/type/+/id/+/evt/+/fmt/+";

    public static async Task RunAsync(BenchOptions options)
    {
        foreach (var tls in new[] { false, true })
        {
            foreach (var qos in new[] { 0, 1 })
            {
                var title = $"Receiving, QoS {qos}, {(tls ? "TLS 1.2" : "plain")}";
                if (options.Wants(title))
                {
                    await MeasureAsync(options, title, tls, qos);
                }
            }
        }
    }

    private static async Task MeasureAsync(BenchOptions options, string title, bool tls, int qos)
    {
        var count = options.Scaled(200_000);
        Receiver mine = new("Receive-IoTFEvent", (broker, number) => StartIoTF(options, broker, tls, number), SaysReady: true);
        Receiver[] receivers = options.Against is { } other
            ? [mine, new("Receive-IoTFEvent of the other module", (broker, number) => StartIoTF(options with { Module = other }, broker, tls, number), SaysReady: true)] :
        [
            mine,
            new("mosquitto_sub -F %J", (broker, number) => StartMosquittoSub(broker, tls, qos, number), SaysReady: false),
            new("Receive-IoTFEvent, and .Data of each", (broker, number) => StartIoTF(options, broker, tls, number, "-ReadData"), SaysReady: true),
        ];
        var laps = receivers.ToDictionary(receiver => receiver, _ => new List<Lap>());
        for (var run = 0; run < options.Runs; run++)
        {
            foreach (var receiver in receivers)
            {
                laps[receiver].Add(await RunOnceAsync(receiver, count, qos));
            }
        }

        var table = new Table("Receiver", "received", "IoTF is", "sent meanwhile", "dropped by the receiver");
        var own = laps[mine].Select(lap => lap.Rate).Median();
        foreach (var receiver in receivers)
        {
            var rate = laps[receiver].Select(lap => lap.Rate).Median();
            table.Add(
                receiver.Name,
                Figures.Rate(rate),
                Figures.Ratio(own / rate),
                Figures.Count(laps[receiver].Select(lap => lap.Sent).Median()),
                Figures.Count(laps[receiver].Select(lap => lap.Dropped).Median()));
        }

        table.Print(title);
        Console.WriteLine($"Medians of {options.Runs} runs in turn, {Figures.Count(count)} messages each; the device sends as fast as the broker takes it, until the receiver has them.");
    }

    private static async Task<Lap> RunOnceAsync(Receiver receiver, int count, int qos)
    {
        // A new broker each time: the last one may still hold what the last receiver did not want.
        using var broker = await Broker.StartAsync();
        using var program = receiver.Start(broker, count);
        await broker.WaitForSubscriberAsync("watcher", Filter);
        if (receiver.SaysReady)
        {
            await program.WaitForAsync(line => line == "ready");
        }

        var started = Stopwatch.GetTimestamp();
        TimeSpan took;
        long sent;
        using (var flood = new Flood(broker.PlainPort, qos, window: 1000))
        {
            await (receiver.SaysReady ? program.WaitForAsync(line => line == "done") : program.FinishAsync());
            took = Stopwatch.GetElapsedTime(started);
            sent = flood.Sent;
        }

        await program.FinishAsync();
        return new Lap(count / took.TotalSeconds, sent, program.Numbers("dropped").DefaultIfEmpty(0).First());
    }

    private static ChildProgram StartIoTF(BenchOptions options, Broker broker, bool tls, int count, params string[] more) => Tools.StartScript(
        "receive.ps1",
        [
            "-Module", options.Module, "-Port", $"{(tls ? broker.TlsPort : broker.PlainPort)}", .. tls ? new[] { "-CACertificate", broker.Authority } : [],
            "-Count", $"{count}", .. more,
        ]);

    private static ChildProgram StartMosquittoSub(Broker broker, bool tls, int qos, int count) => ChildProgram.StartRedirected(
        "mosquitto_sub",
        [
            "-h", "localhost", "-p", $"{(tls ? broker.TlsPort : broker.PlainPort)}", "-i", "watcher", "-t", Filter, "-q", $"{qos}", "-C", $"{count}", "-F", "%J",
            .. tls ? new[] { "--cafile", broker.Authority, "--tls-version", "tlsv1.2" } : [],
        ],
        "> /dev/null");

    private sealed record Receiver(string Name, Func<Broker, int, ChildProgram> Start, bool SaysReady);

    private sealed record Lap(double Rate, double Sent, double Dropped);
}
