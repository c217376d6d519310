using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;

namespace IoTF.Bench.Measurements;

/// <summary>How long a message takes that is sent alone.</summary>
internal static class Latency
{
    public static async Task RunAsync(BenchOptions options)
    {
        var count = options.Scaled(2_000);
        var calls = new List<double>();
        var trips = new List<double>();
        var empty = new List<double>();
        var peers = new List<double>();
        using var broker = await Broker.StartAsync();
        for (var run = 0; run < options.Runs; run++)
        {
            using var own = Tools.StartScript(
                "latency.ps1", "-Module", options.Module, "-EmptyModule", Tools.EmptyModule, "-Port", $"{broker.PlainPort}", "-Count", $"{count}");
            await own.FinishAsync();
            calls.AddRange(own.Numbers("seconds"));
            trips.AddRange(own.Numbers("trip"));
            empty.AddRange(own.Numbers("empty"));
            using var peer = ChildProgram.Start(Tools.Bench, "peer", "latency", $"{broker.PlainPort}", $"{count}");
            await peer.FinishAsync();
            peers.AddRange(peer.Numbers("seconds"));
        }

        var reference = peers.Median();
        var table = new Table("One message, QoS 1", "median", "of IMqttClient's");
        table.Add("a call of Send-IoTFEvent, from the script and back", Figures.Micro(calls.Median()), Figures.Ratio(calls.Median() / reference));
        table.Add("of it, from the socket to the acknowledgement (-PassThru)", Figures.Micro(trips.Median()), Figures.Ratio(trips.Median() / reference));
        table.Add("of it, what a call of an empty compiled cmdlet costs", Figures.Micro(empty.Median()), Figures.Ratio(empty.Median() / reference));
        table.Add("IMqttClient.PublishAsync", Figures.Micro(reference), Figures.Ratio(1));
        table.Print("Latency");
        Console.WriteLine($"Medians of {options.Runs} runs in turn, each the median of {Figures.Count(count)} messages after 1,000 that are not counted.");
    }
}
