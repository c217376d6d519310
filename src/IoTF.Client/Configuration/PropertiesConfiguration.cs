using System.Globalization;
using System.Text;

namespace IoTF.Client.Configuration;

/// <summary>
/// The .properties files of IBM's old Java client (protocol.md §7.3), as Java reads them: a key ends at the first '=', ':' or space, a
/// backslash escapes what follows it, and at the end of a line it joins the next one.
/// </summary>
internal static class PropertiesConfiguration
{
    /// <summary>The entries of a file.</summary>
    /// <exception cref="ConfigurationException">An escape is not one.</exception>
    public static IReadOnlyList<ConfigurationEntry> Read(string[] lines, string file)
    {
        var entries = new List<ConfigurationEntry>();
        for (var index = 0; index < lines.Length; index++)
        {
            var number = index + 1;
            var line = lines[index].TrimStart();
            if (line.Length == 0 || line[0] is '#' or '!')
            {
                continue;
            }

            while (IsContinued(line))
            {
                line = line[..^1] + (++index < lines.Length ? lines[index].TrimStart() : "");
            }

            var end = EndOfKey(line);
            var key = Unescape(line[..end], number, file);
            var rest = line[end..].TrimStart();
            var value = rest is ['=' or ':', ..] ? rest[1..].TrimStart() : rest;
            entries.Add(new ConfigurationEntry(key, Unescape(value, number, file), ConfigurationOrigin.Key(key, file, number)));
        }

        return entries;
    }

    private static bool IsContinued(string line) => (line.Length - line.TrimEnd('\\').Length) % 2 == 1;

    private static int EndOfKey(string line)
    {
        for (var at = 0; at < line.Length; at++)
        {
            if (line[at] == '\\')
            {
                at++;
            }
            else if (line[at] is '=' or ':' or ' ' or '\t')
            {
                return at;
            }
        }

        return line.Length;
    }

    private static string Unescape(string text, int number, string file)
    {
        var plain = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] != '\\' || ++at == text.Length)
            {
                plain.Append(at < text.Length ? text[at] : "");
                continue;
            }

            if (text[at] != 'u')
            {
                plain.Append(text[at] switch { 't' => '\t', 'n' => '\n', 'r' => '\r', 'f' => '\f', var other => other });
            }
            else if (at + 4 < text.Length && ushort.TryParse(text.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                at += 4;
            }
            else
            {
                throw new ConfigurationException(
                    ConfigurationErrorId.ConfigurationMalformed,
                    FormattableString.Invariant($"Line {number} of '{file}' has a \\u without four hexadecimal digits."),
                    "Write a backslash in a .properties file twice.");
            }
        }

        return plain.ToString();
    }
}
