using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace IoTF.Emulator.WebSockets;

/// <summary>The head of an HTTP request as far as a WebSocket needs it (RFC 9112 §2 to §5). Strict: whoever comes here wants an upgrade.</summary>
internal sealed class HttpRequest
{
    private const int MaximumHead = 8 * 1024;

    private readonly Dictionary<string, string> _headers;

    private HttpRequest(string method, string path, Dictionary<string, string> headers)
    {
        Method = method;
        Path = path;
        _headers = headers;
    }

    public string Method { get; }

    /// <summary>The path without the query.</summary>
    public string Path { get; }

    /// <summary>The value of a header; several of one name are joined with commas. Empty when there is none.</summary>
    public string this[string name] => _headers.GetValueOrDefault(name, "");

    /// <summary>Whether a header that lists words has one of them, in whatever case.</summary>
    public bool Lists(string name, string word) => Array.Exists(Words(name), listed => listed.Equals(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>The words of a header that lists them.</summary>
    public string[] Words(string name) => this[name].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public bool Has(string name) => _headers.ContainsKey(name);

    /// <summary>Reads a head.</summary>
    /// <returns>The request, null when there is none; and what arrived behind it.</returns>
    public static async Task<(HttpRequest? Request, byte[] Behind)> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaximumHead];
        var count = 0;
        while (count < buffer.Length)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(count), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                break;
            }

            // The end of the head may lie across two reads.
            var from = Math.Max(0, count - 3);
            count += read;
            var end = buffer.AsSpan(from, count - from).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                end += from;
                return (Parse(Encoding.Latin1.GetString(buffer, 0, end)), buffer[(end + 4)..count]);
            }
        }

        return (null, []);
    }

    private static HttpRequest? Parse(string head)
    {
        var lines = head.Split("\r\n");
        if (lines[0].Split(' ') is not [{ Length: > 0 } method, ['/', ..] target, "HTTP/1.1"] || target.AsSpan().ContainsAnyInRange('\0', ' '))
        {
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines.AsSpan(1))
        {
            if (!TryParseHeader(line, out var name, out var value))
            {
                return null;
            }

            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier},{value}" : value;
        }

        return new HttpRequest(method, target.Split('?')[0], headers);
    }

    private static bool TryParseHeader(string line, [NotNullWhen(true)] out string? name, [NotNullWhen(true)] out string? value)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        (name, value) = colon > 0 ? (line[..colon], line[(colon + 1)..].Trim(' ', '\t')) : (null, null);
        return name is not null && value is not null && name.All(IsTokenCharacter) && !value.Any(char.IsControl);
    }

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || "!#$%&'*+-.^_`|~".Contains(character);
}
