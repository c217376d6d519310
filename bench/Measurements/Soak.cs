using System.Diagnostics;
using System.Globalization;
using IoTF.Bench.Peers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Measurements;

/// <summary>
/// Half an hour of a plant whose network fails every twenty seconds: is everything that was acknowledged received, and do memory, threads and
/// handles stay as they were, in the process of devices and application and in that of the emulator?
/// </summary>
internal static class Soak
{
    private const int Minutes = 30;
    private const int Devices = 20;
    private const string Token = "bench-token-0";
    private static readonly TimeSpan BetweenCuts = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(BenchOptions options)
    {
        var minutes = Minutes * options.Scale;
        using var service = ChildProgram.Start(Tools.Bench, "peer", "emulator", Devices.ToString(CultureInfo.InvariantCulture), Token);
        await service.WaitForAsync(line => line == "ready");
        using var relay = new CuttingRelay((int)service.Numbers("port")[0]);
        using var plant = Tools.StartScript(
            "soak.ps1", "-Module", options.Module, "-Authority", service.After("authority "), "-Port", $"{relay.Port}", "-Key", service.After("key "),
            "-Devices", $"{Devices}", "-Minutes", minutes.ToString(CultureInfo.InvariantCulture));

        var ended = plant.FinishAsync(TimeSpan.FromMinutes(minutes + 5));
        var table = new Table(
            "Minute", "heap", "resident", "threads", "handles", "emulator's heap", "its resident", "its threads", "its handles");
        var cuts = 0;
        for (var told = 0; !ended.IsCompleted;)
        {
            await Task.WhenAny(ended, Task.Delay(BetweenCuts));
            if (ended.IsCompleted)
            {
                break;
            }

            relay.Cut();
            cuts++;
            for (; told < plant.Numbers("minute").Count; told++)
            {
                service.Say("tell");
                var answers = told + 1;
                await service.WaitForAsync(_ => service.Numbers("handles").Count >= answers);
                table.Add(
                    $"{told}",
                    Figures.Mebi(plant.Numbers("heap")[told]),
                    Figures.Mebi(plant.Numbers("resident")[told]),
                    Figures.Count(plant.Numbers("threads")[told]),
                    Figures.Count(plant.Numbers("handles")[told]),
                    Figures.Mebi(service.Numbers("managed")[told]),
                    Figures.Mebi(service.Numbers("resident")[told]),
                    Figures.Count(service.Numbers("threads")[told]),
                    Figures.Count(service.Numbers("handles")[told]));
            }
        }

        await ended;
        table.Print($"{minutes:0.#} minutes, {Devices} devices and an application, all connections cut every {BetweenCuts.TotalSeconds:0} s");
        Console.WriteLine(
            $"{cuts} cuts, {plant.Numbers("reconnects")[0]} reconnects of devices: {Figures.Count(plant.Numbers("acknowledged")[0])} events acknowledged, "
            + $"{plant.Numbers("refused")[0]} not, {plant.Numbers("missing")[0]} of the acknowledged not received, {plant.Numbers("twice")[0]} received twice, "
            + $"{plant.Numbers("failed")[0]} failures of the action.");
    }
}
