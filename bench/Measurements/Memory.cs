using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>Whether memory grows with the number of messages.</summary>
internal static class Memory
{
    public static async Task RunAsync(BenchOptions options)
    {
        var table = new Table("One session", "messages", "peak working set", "more than at the first", "heap at the end", "live at the end");
        foreach (var direction in new[] { "sending", "receiving" })
        {
            double? first = null;
            foreach (var count in new[] { options.Scaled(100_000), options.Scaled(2_000_000) })
            {
                var (peak, heap, live) = await MeasureAsync(options, direction, count);
                table.Add(
                    $"{direction}, QoS 1", Figures.Count(count), Figures.Mebi(peak), first is null ? "" : Figures.Mebi(peak - first.Value), Figures.Mebi(heap), Figures.Mebi(live));
                first ??= peak;
            }
        }

        table.Print("Memory");
        Console.WriteLine("The whole process, with the PowerShell engine.");
    }

    private static async Task<(double Peak, double Heap, double Live)> MeasureAsync(BenchOptions options, string direction, int count)
    {
        using var broker = await Broker.StartAsync();
        using var program = Tools.StartScript(
            "memory.ps1", "-Module", options.Module, "-Port", $"{broker.PlainPort}", "-Count", $"{count}", "-Direction", direction);
        if (direction == "receiving")
        {
            await program.WaitForAsync(line => line == "ready");
            using var flood = new Flood(broker.PlainPort, qos: 1, window: 1000);
            await program.WaitForAsync(line => line == "done");
        }

        await program.FinishAsync();
        return (program.Numbers("peak")[0], program.Numbers("heap")[0], program.Numbers("live")[0]);
    }
}
