using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace IoTF.Client.Configuration;

/// <summary>
/// The YAML files of IBM's clients (protocol.md §7.2). Read event by event: no deeper than the keys that are known, and what the parser says
/// about a text it cannot read is not passed on, because it quotes the text, which may be a token.
/// </summary>
internal static class YamlConfiguration
{
    /// <summary>How many levels of lists and maps may be below a key that is not read.</summary>
    private const int DeepestSkipped = 64;

    /// <summary>The entries of a file.</summary>
    /// <exception cref="ConfigurationException">The text is not YAML, or not a map of keys and values.</exception>
    public static IReadOnlyList<ConfigurationEntry> Read(string text, string file)
    {
        var entries = new List<ConfigurationEntry>();
        try
        {
            var parser = new Parser(new StringReader(text));
            parser.Consume<StreamStart>();
            if (parser.TryConsume<DocumentStart>(out _) && !IsNothing(parser))
            {
                ReadMap(parser, path: "", file, entries);
            }
        }
        catch (YamlException fault)
        {
            throw Malformed(file, PlaceOf(fault, text), "cannot be read as YAML");
        }

        return entries;
    }

    /// <summary>Where the fault is: the parser blames the line before one that is indented with a tab, and a line after the last when something is not closed.</summary>
    private static Mark PlaceOf(YamlException fault, string text)
    {
        var lines = text.Split('\n');
        var tab = Array.FindIndex(lines, line => line[..^line.TrimStart().Length].Contains('\t'));
        return tab >= 0 ? new Mark(0, tab + 1, 1)
            : fault.Start.Line > lines.Length ? new Mark(0, lines.Length, lines[^1].Length + 1)
            : fault.Start;
    }

    private static void ReadMap(Parser parser, string path, string file, List<ConfigurationEntry> entries)
    {
        if (!parser.TryConsume<MappingStart>(out _))
        {
            throw Malformed(file, parser.Current!.Start, path.Length == 0 ? "is not a map of keys and values" : $"is not a map of the keys below {path}");
        }

        while (!parser.TryConsume<MappingEnd>(out _))
        {
            var key = Scalar(parser, file) ?? throw Malformed(file, parser.Current!.Start, "has a key that is not a word");
            ReadValue(parser, path.Length == 0 ? key.Value : $"{path}.{key.Value}", key.Start, file, entries);
        }
    }

    private static void ReadValue(Parser parser, string path, Mark start, string file, List<ConfigurationEntry> entries)
    {
        var origin = ConfigurationOrigin.Key(path, file, (int)start.Line);
        if (IsSection(path))
        {
            if (!IsNothing(parser))
            {
                ReadMap(parser, path, file, entries);
            }
        }
        else if (Scalar(parser, file) is { } scalar)
        {
            entries.Add(new ConfigurationEntry(path, IsNull(scalar) ? null : scalar.Value, origin) { IsQuoted = scalar.Style != ScalarStyle.Plain });
        }
        else
        {
            Skip(parser, file);
            entries.Add(new ConfigurationEntry(path, text: null, origin) { IsCollection = true });
        }
    }

    /// <summary>The next value when it is a text; null when it is a list or a map.</summary>
    private static Scalar? Scalar(Parser parser, string file)
    {
        if (parser.Accept<AnchorAlias>(out var alias))
        {
            throw Malformed(file, alias.Start, "has a value that begins with '*'");
        }

        if (!parser.TryConsume<Scalar>(out var scalar))
        {
            return null;
        }

        return scalar.Anchor.IsEmpty && (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
            ? scalar
            : throw Malformed(file, scalar.Start, "has a value that begins with '&' or '!'");
    }

    /// <summary>Passes over a list or a map. The parser's time grows with the square of the depth, so that a limit is needed.</summary>
    private static void Skip(Parser parser, string file)
    {
        var depth = 0;
        do
        {
            var next = parser.Consume<ParsingEvent>();
            depth += next.NestingIncrease;
            if (depth > DeepestSkipped)
            {
                throw Malformed(file, next.Start, $"is nested more than {DeepestSkipped} levels deep");
            }
        }
        while (depth > 0);
    }

    private static bool IsNothing(Parser parser)
    {
        if (!parser.Accept<Scalar>(out var scalar) || !IsNull(scalar))
        {
            return false;
        }

        parser.MoveNext();
        return true;
    }

    private static bool IsNull(Scalar scalar) => scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL";

    private static bool IsSection(string path) => ConfigurationKeys.Yaml.Keys.Any(key => key.StartsWith(path + ".", StringComparison.Ordinal));

    private static ConfigurationException Malformed(string file, Mark where, string problem) => new(
        ConfigurationErrorId.ConfigurationMalformed,
        FormattableString.Invariant($"Line {where.Line} of '{file}' {problem} (column {where.Column})."),
        "Indent with spaces, put a space after each colon, and put single quotes around values with characters such as : # * & ! % @ or `.");
}
