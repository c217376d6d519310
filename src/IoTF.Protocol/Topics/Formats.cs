namespace IoTF.Protocol.Topics;

/// <summary>The usual names of payload formats; any other word is legal too (protocol.md §6).</summary>
public static class Formats
{
    /// <summary>A JSON document in UTF-8.</summary>
    public const string Json = "json";

    /// <summary>Text in UTF-8.</summary>
    public const string Text = "text";

    /// <summary>An XML document.</summary>
    public const string Xml = "xml";

    /// <summary>Comma-separated values in UTF-8.</summary>
    public const string Csv = "csv";

    /// <summary>Bytes without a further meaning.</summary>
    public const string Binary = "bin";

    /// <summary>All names above.</summary>
    public static IReadOnlyList<string> All { get; } = [Json, Text, Xml, Csv, Binary];
}
