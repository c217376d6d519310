using IoTF.Bench.Brokers;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>How many messages a second each sender gets to the broker.</summary>
internal static class Throughput
{
    private const string Filter = "iot-2/evt/#";

    public static async Task RunAsync(BenchOptions options)
    {
        foreach (var tls in new[] { false, true })
        {
            foreach (var qos in new[] { 0, 1, 2 })
            {
                var title = $"Sending, QoS {qos}, {(tls ? "TLS 1.2" : "plain")}";
                if (options.Wants(title))
                {
                    await MeasureAsync(options, title, tls, qos);
                }
            }
        }
    }

    private static async Task MeasureAsync(BenchOptions options, string title, bool tls, int qos)
    {
        var count = options.Scaled(qos == 0 ? 500_000 : 50_000);
        Sender[] senders = options.Against is { } other ? [Sender.IoTF("lines"), Sender.IoTF("lines", other)] :
        [
            Sender.IoTF("lines"), Sender.MosquittoPub, Sender.IoTF("hashtables"),
            Sender.MqttNet(1, qos == 0 ? 0.2 : 0.4), .. qos == 0 ? Array.Empty<Sender>() : [Sender.MqttNet(64, 0.5)], Sender.MqttNet(1000, qos == 0 ? 0.2 : 0.5), Sender.Paho,
            .. tls ? Array.Empty<Sender>() : [Sender.Prepared],
        ];
        var laps = senders.ToDictionary(sender => sender, _ => new List<Lap>());
        using var broker = await Broker.StartAsync();
        using var counter = new CountingSubscriber(broker.PlainPort, Filter);
        var startup = await MeasureStartupAsync(options, broker, counter, tls, qos);
        for (var run = 0; run < options.Runs; run++)
        {
            foreach (var sender in senders)
            {
                laps[sender].Add(await RunOnceAsync(options, broker, counter, sender, tls, qos, (int)(count * sender.Share), startup));
            }
        }

        Print(title, senders, laps, startup);
    }

    private static async Task<Lap> RunOnceAsync(
        BenchOptions options, Broker broker, CountingSubscriber counter, Sender sender, bool tls, int qos, int count, double startup)
    {
        var path = broker.PathOf($"lines-{count}");
        if (!File.Exists(path))
        {
            Lines.Write(path, count);
        }

        counter.Restart(count, sender.Passes);
        var brokerBefore = broker.ProcessorTime;
        using var program = sender.Start(new Sending(broker, tls, qos, path, options.Module));
        await program.FinishAsync();
        var delivery = await counter.FinishAsync(sender.Passes, program.StartedAt);

        // Of a program that does not tell, until its last message has arrived: it polls for its end ten times a second.
        var seconds = sender.TellsTime ? program.Numbers("seconds") : [Math.Max(1e-3, delivery.Span.TotalSeconds - startup)];
        var each = sender.TellsTime ? count : delivery.Received;
        return new Lap(
            each / seconds[0], each / seconds[^1], count * sender.Passes, delivery, (broker.ProcessorTime - brokerBefore).TotalSeconds / seconds.Sum());
    }

    /// <summary>What <c>mosquitto_pub</c> needs until its first message has arrived, which the others do outside their clocks.</summary>
    private static async Task<double> MeasureStartupAsync(BenchOptions options, Broker broker, CountingSubscriber counter, bool tls, int qos)
    {
        var path = broker.PathOf("lines-1");
        Lines.Write(path, 1);
        var took = new List<double>();
        for (var i = 0; i < 5; i++)
        {
            counter.Restart(1, passes: 1);
            using var program = Sender.MosquittoPub.Start(new Sending(broker, tls, qos, path, options.Module));
            await program.FinishAsync();
            took.Add((await counter.FinishAsync(passes: 1, program.StartedAt)).Span.TotalSeconds);
        }

        return took.Median();
    }

    private static void Print(string title, Sender[] senders, Dictionary<Sender, List<Lap>> laps, double startup)
    {
        var table = new Table("Sender", "first pass", "second pass", "IoTF (first) is", "IoTF (second) is", "sent", "arrived", "lost", "twice", "broker's load", "counter's load");
        var mine = laps[senders[0]];
        foreach (var sender in senders)
        {
            var own = laps[sender];
            var first = own.Select(lap => lap.First).Median();
            var second = own.Select(lap => lap.Second).Median();
            table.Add(
                sender.Name,
                Figures.Rate(first),
                Figures.Rate(sender.Passes == 1 ? double.NaN : second),
                Figures.Ratio(mine.Select(lap => lap.First).Median() / first),
                Figures.Ratio(mine.Select(lap => lap.Second).Median() / second),
                Figures.Count(own.Sum(lap => lap.Sent)),
                Figures.Count(own.Sum(lap => lap.Delivery.Received)),
                Figures.Count(own.Sum(lap => lap.Delivery.Lost)),
                Figures.Count(own.Sum(lap => lap.Delivery.Repeated)),
                Figures.Share(own.Select(lap => lap.BrokerLoad).Median()),
                Figures.Share(own.Select(lap => lap.Delivery.CounterLoad).Max()));
        }

        table.Print(title);
        Console.WriteLine($"Medians of {mine.Count} runs in turn. The time of mosquitto_pub ends when its last message has arrived, and {Figures.Milli(startup)} until its first arrives are not counted.");
    }

    /// <summary>One run of one sender.</summary>
    private sealed record Lap(double First, double Second, int Sent, Delivery Delivery, double BrokerLoad);
}
