using IoTF.Protocol.Identities;

namespace IoTF.Client.Configuration;

/// <summary>
/// The sectioned files of IBM's old clients (protocol.md §7.3): <c>[device]</c> and <c>[application]</c> of Python, and the headings
/// <c>## Device Registration detail</c> of C#. A gateway of Python has a section <c>[device]</c>.
/// </summary>
internal static class IniConfiguration
{
    private const string Heading = "##";
    private const string HeadingEnd = "Registration detail";

    /// <summary>Whether the line begins a section.</summary>
    public static bool IsSection(string line) => SectionOf(line) is not null;

    /// <summary>The entries of the section that a role reads.</summary>
    /// <exception cref="ConfigurationException">There is no such section, or a line is not a key with a value.</exception>
    public static IReadOnlyList<ConfigurationEntry> Read(ClientRole role, string[] lines, string file)
    {
        string[] wanted = role switch
        {
            ClientRole.Device => ["device"],
            ClientRole.Gateway => ["gateway", "device"],
            _ => ["application"],
        };
        var sections = lines.Select(SectionOf).OfType<string>().ToHashSet(StringComparer.OrdinalIgnoreCase);
        var mine = Array.Find(wanted, sections.Contains) ?? throw new ConfigurationException(
            ConfigurationErrorId.ConfigurationMalformed,
            $"'{file}' has no section [{wanted[^1]}].",
            $"Add it, or use the Connect- cmdlet for what the file describes ({string.Join(", ", sections.Order())}).");

        var entries = new List<ConfigurationEntry>();
        string? current = null;
        for (var number = 1; number <= lines.Length; number++)
        {
            var line = lines[number - 1].Trim();
            if (SectionOf(line) is { } section)
            {
                current = section;
            }
            else if (line.Length > 0 && line[0] is not ('#' or ';') && mine.Equals(current, StringComparison.OrdinalIgnoreCase))
            {
                entries.Add(EntryOf(line, number, file));
            }
        }

        return entries;
    }

    /// <summary>Divided at the first '=' or ':', whichever comes first: a token may hold both.</summary>
    private static ConfigurationEntry EntryOf(string line, int number, string file)
    {
        var at = line.AsSpan().IndexOfAny('=', ':');
        var key = at > 0 ? line[..at].TrimEnd() : throw new ConfigurationException(
            ConfigurationErrorId.ConfigurationMalformed,
            FormattableString.Invariant($"Line {number} of '{file}' is not a key with a value."),
            "Write key = value, and comments with a # at the start of the line.");
        return new ConfigurationEntry(key, line[(at + 1)..].TrimStart(), ConfigurationOrigin.Key(key, file, number));
    }

    private static string? SectionOf(string line)
    {
        line = line.Trim();
        return line is ['[', .., ']'] ? line[1..^1].Trim()
            : line.StartsWith(Heading, StringComparison.Ordinal) && line.EndsWith(HeadingEnd, StringComparison.OrdinalIgnoreCase)
                ? line[Heading.Length..^HeadingEnd.Length].Trim()
                : null;
    }
}
