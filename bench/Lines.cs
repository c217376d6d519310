using System.Globalization;

namespace IoTF.Bench;

/// <summary>The messages that are sent: 85 bytes of JSON, each with a number of its own.</summary>
internal static class Lines
{
    /// <summary>Added to a line's number, so that every number has nine digits.</summary>
    public const int FirstNumber = 100_000_000;

    public static string Make(int index) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"temperature":21.5,"humidity":48.125,"pressure":1013.25,"status":"ok","n":{{FirstNumber + index}}}""");

    public static void Write(string path, int count) => File.WriteAllLines(path, Enumerable.Range(0, count).Select(Make));
}
