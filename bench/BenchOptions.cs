using System.Globalization;
using IoTF.Bench.Programs;

namespace IoTF.Bench;

/// <summary>How the bench is run.</summary>
internal sealed record BenchOptions
{
    /// <summary>How often everything is measured, in turn.</summary>
    public int Runs { get; init; } = 5;

    /// <summary>Multiplies the numbers of messages; below 1 for a quick look.</summary>
    public double Scale { get; init; } = 1;

    /// <summary>The module that is measured.</summary>
    public string Module { get; init; } = Tools.Module;

    /// <summary>Another module that is measured in turn with <see cref="Module"/>, and nobody else; null for the usual peers.</summary>
    public string? Against { get; init; }

    /// <summary>Measures only rows and sections whose name contains this.</summary>
    public string Only { get; init; } = "";

    public int Scaled(int count) => Math.Max(100, (int)(count * Scale));

    public bool Wants(string name) => name.Contains(Only, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the words after the subcommand.</summary>
    /// <exception cref="FormatException">There is no such option, or its value is none.</exception>
    public static BenchOptions Parse(IReadOnlyList<string> words)
    {
        var options = new BenchOptions();
        for (var i = 0; i < words.Count; i += 2)
        {
            var value = i + 1 < words.Count ? words[i + 1] : throw new FormatException($"{words[i]} needs a value.");
            options = words[i] switch
            {
                "--runs" => options with { Runs = int.Parse(value, CultureInfo.InvariantCulture) },
                "--scale" => options with { Scale = double.Parse(value, CultureInfo.InvariantCulture) },
                "--module" => options with { Module = Path.GetFullPath(value) },
                "--against" => options with { Against = Path.GetFullPath(value) },
                "--only" => options with { Only = value },
                _ => throw new FormatException($"There is no option '{words[i]}'."),
            };
        }

        return options;
    }
}
