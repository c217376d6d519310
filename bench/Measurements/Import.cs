using IoTF.Bench.Programs;
using IoTF.Bench.Reports;

namespace IoTF.Bench.Measurements;

/// <summary>What importing the module costs, in a new process each time.</summary>
internal static class Import
{
    public static async Task RunAsync(BenchOptions options)
    {
        var runs = Math.Max(11, options.Runs);
        var own = new List<double>();
        var empty = new List<double>();
        for (var run = 0; run < runs; run++)
        {
            own.Add(await MeasureAsync(options.Module));
            empty.Add(await MeasureAsync(Tools.EmptyModule));
        }

        var table = new Table("Import-Module", "median", "more than empty");
        table.Add("IoTF", Figures.Milli(own.Median()), Figures.Milli(own.Median() - empty.Median()));
        table.Add("an empty binary module, with a manifest", Figures.Milli(empty.Median()), "");
        table.Print("Import");
        Console.WriteLine($"Medians of {runs} new processes each, in turn.");
    }

    private static async Task<double> MeasureAsync(string module)
    {
        using var program = Tools.StartScript("import.ps1", "-Module", module);
        await program.FinishAsync();
        return program.Numbers("seconds")[0];
    }
}
