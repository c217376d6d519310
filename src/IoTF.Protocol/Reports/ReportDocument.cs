using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IoTF.Protocol.Reports;

/// <summary>
/// The JSON object of a report of the service, read leniently: its fields have changed their spelling and their types over the years
/// (protocol.md §4.7, §5.1), so names are compared without their case, a number may stand in a string, and what has another type is absent.
/// </summary>
internal sealed class ReportDocument
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.OrdinalIgnoreCase);

    private ReportDocument(JsonElement root)
    {
        foreach (var field in root.EnumerateObject())
        {
            _fields[field.Name] = field.Value;
        }
    }

    /// <summary>Reads a payload.</summary>
    /// <param name="payload">The bytes as received.</param>
    /// <returns>The document; null when the payload is no JSON object.</returns>
    public static ReportDocument? Read(ReadOnlyMemory<byte> payload)
    {
        if (payload.Span.StartsWith(Encoding.UTF8.Preamble))
        {
            payload = payload[Encoding.UTF8.Preamble.Length..];
        }

        try
        {
            using var document = JsonDocument.Parse(payload);
            return document.RootElement.ValueKind == JsonValueKind.Object ? new ReportDocument(document.RootElement.Clone()) : null;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            // The second is the answer to a name that is no valid Unicode.
            return null;
        }
    }

    /// <summary>A text; null when it is absent, empty or none.</summary>
    public string? Text(string name)
    {
        try
        {
            return _fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text
                ? text
                : null;
        }
        catch (InvalidOperationException)
        {
            // A text that is no valid Unicode.
            return null;
        }
    }

    /// <summary>A whole number; null when it is absent or none.</summary>
    public long? Number(string name)
    {
        if (_fields.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.Number)
        {
            return value.TryGetInt64(out var number) ? number : null;
        }

        return long.TryParse(Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var spelled) ? spelled : null;
    }

    /// <summary>A whole number that fits 32 bits; null when it is absent or none.</summary>
    public int? SmallNumber(string name) => Number(name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>Yes or no; null when it is absent or neither.</summary>
    public bool? Flag(string name) => _fields.TryGetValue(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => bool.TryParse(Text(name), out var spelled) ? spelled : null,
        }
        : null;

    /// <summary>A moment in ISO 8601, in UTC; null when it is absent or none.</summary>
    public DateTimeOffset? Moment(string name) => DateTimeOffset.TryParse(
        Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
        ? moment
        : null;
}
