using System.Globalization;
using System.Text.Json;

namespace IoTF.Emulator.Reports;

/// <summary>Compact JSON, as the service writes it.</summary>
internal static class JsonDocuments
{
    public static byte[] Write(Action<Utf8JsonWriter> writeFields)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            writeFields(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>A time in ISO 8601, UTC, with milliseconds (protocol.md §5.1).</summary>
    public static string TimeOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
