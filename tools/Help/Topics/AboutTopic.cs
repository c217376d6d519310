using System.Text;
using IoTF.Help.Prose;
using Markdig.Syntax;

namespace IoTF.Help.Topics;

/// <summary>An about topic as plain text of 80 columns: headings at the margin, prose under them.</summary>
public static class AboutTopic
{
    /// <summary>The columns of a line; those of a script are left as they are.</summary>
    public const int Width = 80;

    private const string Margin = "    ";

    /// <summary>Reads the Markdown of a topic.</summary>
    /// <param name="path">The file, <c>about_Name.md</c>.</param>
    /// <returns>The text that <c>Get-Help about_Name</c> shows.</returns>
    public static string Read(string path)
    {
        var text = new StringBuilder();
        text.Append("TOPIC\n").Append(Margin).Append(Path.GetFileNameWithoutExtension(path)).Append("\n\n");
        foreach (var block in MarkdownFile.Read(path).Where(static block => block is not HeadingBlock { Level: 1 }))
        {
            if (block is HeadingBlock heading)
            {
                var words = PlainText.Of(heading);
                text.Append(heading.Level == 2 ? words.ToUpperInvariant() : $"  {words}").Append("\n\n");
            }
            else
            {
                var lines = PlainText.Of(block).Split('\n').SelectMany(line => block is CodeBlock ? [line] : Wrap(line));
                text.Append(string.Join('\n', lines.Select(static line => (Margin + line).TrimEnd()))).Append("\n\n");
            }
        }

        return text.ToString().TrimEnd() + "\n";
    }

    /// <summary>Breaks a line between words; what follows is set under the first word, past the mark of a list.</summary>
    private static IEnumerable<string> Wrap(string line)
    {
        var indent = new string(' ', line.Length - line.TrimStart(' ', '-').Length);
        var current = new StringBuilder(line[..indent.Length]);
        var empty = true;
        foreach (var word in line[indent.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && Margin.Length + current.Length + 1 + word.Length > Width)
            {
                yield return current.ToString();
                current.Clear().Append(indent);
                empty = true;
            }

            current.Append(empty ? "" : " ").Append(word);
            empty = false;
        }

        yield return current.ToString();
    }
}
