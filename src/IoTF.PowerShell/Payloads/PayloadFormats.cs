namespace IoTF.PowerShell.Payloads;

/// <summary>The format words of topics that the module knows. Any other word is legal, too (protocol.md §6).</summary>
internal static class PayloadFormats
{
    /// <summary>What is sent unless <c>-Format</c> says otherwise, for all but bytes.</summary>
    internal const string Json = "json";

    /// <summary>What bytes are sent as unless <c>-Format</c> says otherwise.</summary>
    internal const string Binary = "bin";

    private static readonly HashSet<string> JsonWords = new(StringComparer.OrdinalIgnoreCase) { Json, "json-iotf" };

    private static readonly HashSet<string> TextWords = new(StringComparer.OrdinalIgnoreCase) { "text", "txt", "utf8", "xml", "csv" };

    /// <summary>All of them, each once.</summary>
    internal static IEnumerable<string> Known => [.. JsonWords, .. TextWords, Binary];

    /// <summary>Whether a received payload of this format is a JSON document.</summary>
    internal static bool IsJson(string format) => JsonWords.Contains(format);

    /// <summary>Whether a received payload of this format is UTF-8 text.</summary>
    internal static bool IsText(string format) => TextWords.Contains(format);
}
