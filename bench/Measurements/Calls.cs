using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>What one call per message costs, against a compiled cmdlet that does nothing, and one that does nothing but write to a socket.</summary>
internal static class Calls
{
    private const string Topic = "iot-2/evt/status/fmt/json";

    public static async Task RunAsync(BenchOptions options)
    {
        using var broker = await Broker.StartAsync();
        using var program = Tools.StartScript(
            "calls.ps1",
            "-Module", options.Module, "-EmptyModule", Tools.EmptyModule, "-Port", $"{broker.PlainPort}",
            "-Connect", Convert.ToBase64String(Packets.MakeConnect("prepared")), "-Publish", Convert.ToBase64String(Packets.MakePublish(Topic, Lines.Make(0), qos: 0)),
            "-Count", $"{options.Scaled(20_000)}", "-Runs", $"{options.Runs}");
        await program.FinishAsync();
        var count = options.Scaled(20_000);
        var own = count / program.Numbers("seconds").Median();
        var prepared = count / program.Numbers("prepared").Median();
        var empty = count / program.Numbers("empty").Median();
        var table = new Table("A call per message", "calls", "of the empty cmdlet");
        table.Add("Send-IoTFEvent, QoS 0", Figures.Rate(own), Figures.Ratio(own / empty));
        table.Add("an empty compiled cmdlet that writes prepared bytes to a socket", Figures.Rate(prepared), Figures.Ratio(prepared / empty));
        table.Add("an empty compiled cmdlet with the same parameters", Figures.Rate(empty), Figures.Ratio(1));
        table.Print("A call per message");
        Console.WriteLine($"Medians of {options.Runs} rounds of {Figures.Count(count)} calls in turn, in one process, after a round that is not counted.");
    }
}
