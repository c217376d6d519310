using IoTF.Bench.Brokers;
using IoTF.Bench.Programs;
using IoTF.Bench.Reports;

namespace IoTF.Bench.Measurements;

/// <summary>A thousand devices of a CSV in one process, over TLS: connected, one event each, disconnected.</summary>
internal static class Fleet
{
    private const int Devices = 1_000;

    public static async Task RunAsync(BenchOptions options)
    {
        var devices = options.Scaled(Devices);
        var table = new Table("Connecting at a time", "devices", "connect", "one event each", "disconnect", "managed memory each, idle", "after its event", "resident each");
        foreach (var limit in new[] { 1, 16, 32, 128 })
        {
            var runs = new List<ChildProgram>();
            for (var run = 0; run < options.Runs; run++)
            {
                using var broker = await Broker.StartAsync();
                var csv = broker.PathOf("devices.csv");
                await File.WriteAllLinesAsync(
                    csv,
                    [
                        "Organization,DeviceType,DeviceId,Secret,HostName,Port",
                        .. Enumerable.Range(1, devices).Select(number => $"bench1,pump,p{number},token-of-{number},127.0.0.1,{broker.TlsPort}"),
                    ]);
                var program = Tools.StartScript(
                    "fleet.ps1", "-Module", options.Module, "-Authority", broker.Authority, "-Csv", csv, "-ThrottleLimit", $"{limit}");
                runs.Add(program);
                await program.FinishAsync();
                if (program.Numbers("open")[0] != devices)
                {
                    throw new InvalidOperationException($"Of {devices} devices {program.Numbers("open")[0]} were open and had their event acknowledged.");
                }
            }

            table.Add(
                $"{limit}",
                Figures.Count(devices),
                Figures.Milli(Median("connect")),
                Figures.Milli(Median("send")),
                Figures.Milli(Median("disconnect")),
                Figures.Kibi(Median("idle") / devices),
                Figures.Kibi(Median("live") / devices),
                Figures.Kibi(Median("resident") / devices));
            runs.ForEach(program => program.Dispose());

            double Median(string name) => Statistics.Median([.. runs.Select(program => program.Numbers(name)[0])]);
        }

        table.Print("A fleet from a CSV over TLS");
        Console.WriteLine($"Medians of {options.Runs} runs. The first ten devices connect once before, so that compiling is not measured.");
    }
}
