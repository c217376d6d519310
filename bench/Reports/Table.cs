namespace IoTF.Bench.Reports;

/// <summary>A table of Markdown.</summary>
internal sealed class Table(params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(string title)
    {
        Console.WriteLine();
        Console.WriteLine($"### {title}");
        Console.WriteLine();
        Print(columns);
        Print([.. columns.Select((_, index) => index == 0 ? "---" : "---:")]);
        _rows.ForEach(Print);
        Console.WriteLine();
    }

    private static void Print(string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");
}
