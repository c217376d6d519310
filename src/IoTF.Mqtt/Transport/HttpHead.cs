using System.Globalization;
using System.Net;
using System.Text;

namespace IoTF.Mqtt.Transport;

/// <summary>The head of an HTTP/1 answer, read to its last byte and no further: what follows belongs to the protocol that was asked for.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Fields">Names and values as they were sent.</param>
internal sealed record HttpHead(int Status, IReadOnlyList<(string Name, string Value)> Fields)
{
    /// <summary>As much as common servers send and take.</summary>
    private const int MaximumSize = 16 * 1024;

    /// <summary>The status in words that are ours: those of a stranger do not belong into messages.</summary>
    public string StatusText => Enum.IsDefined((HttpStatusCode)Status) ? $"HTTP {Status} ({(HttpStatusCode)Status})" : $"HTTP {Status}";

    /// <summary>The values of a field, which may be sent several times.</summary>
    public IEnumerable<string> Values(string name) => Fields.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value);

    /// <summary>Whether a field that is a list holds a word.</summary>
    public bool Lists(string name, string word) =>
        Values(name).SelectMany(value => value.Split(',', StringSplitOptions.TrimEntries)).Contains(word, StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads a head.</summary>
    /// <exception cref="EndOfStreamException">The other end closed the connection instead.</exception>
    /// <exception cref="InvalidDataException">What arrived is not HTTP, or too long.</exception>
    public static async Task<HttpHead> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!EndsWithEmptyLine(text))
        {
            await stream.ReadExactlyAsync(one, cancellationToken).ConfigureAwait(false);
            text.Append((char)one[0]);
            if (text.Length > MaximumSize || (text.Length <= 5 && !"HTTP/".StartsWith(text.ToString(), StringComparison.Ordinal)))
            {
                throw new InvalidDataException("The answer is not HTTP.");
            }
        }

        return Parse(text.ToString());
    }

    private static bool EndsWithEmptyLine(StringBuilder text) =>
        text.Length >= 4 && text[^1] == '\n' && (text[^2] == '\n' || (text[^2] == '\r' && text[^3] == '\n'));

    private static HttpHead Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var status = lines[0].Split(' ', 3);
        if (status.Length < 2 || status[1].Length != 3 || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out var code))
        {
            throw new InvalidDataException("The answer is not HTTP.");
        }

        var fields = new List<(string, string)>();
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':');
            if (colon > 0)
            {
                fields.Add((line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        return new HttpHead(code, fields);
    }
}
