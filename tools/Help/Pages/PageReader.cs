using IoTF.Help.Prose;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace IoTF.Help.Pages;

/// <summary>
/// Reads a page: <c># Verb-Noun</c>, then chapters. Texts that several pages share are in files which the words under <c>## PARAMETERS</c> link to.
/// </summary>
public static class PageReader
{
    private const string RunnableWord = "runnable";

    private static readonly string[] Chapters =
        ["SYNOPSIS", "DESCRIPTION", "EXAMPLES", "PARAMETERS", "INPUTS", "OUTPUTS", "NOTES", "RELATED LINKS"];

    /// <summary>Reads one page.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="PageException">It has not the form of a page.</exception>
    public static Page Read(string path)
    {
        var blocks = MarkdownFile.Read(path);
        if (blocks is not [HeadingBlock { Level: 1 } title, ..] || Text(title) != Path.GetFileNameWithoutExtension(path))
        {
            throw new PageException(path, 1, $"A page begins with '# {Path.GetFileNameWithoutExtension(path)}'.");
        }

        var chapters = Split(blocks.Skip(1), level: 2, path).ToDictionary(static part => part.Title);
        foreach (var chapter in chapters.Values.Where(static chapter => !Chapters.Contains(chapter.Title)))
        {
            throw new PageException(path, chapter.Line, $"'{chapter.Title}' is no chapter of a page; these are: {string.Join(", ", Chapters)}.");
        }

        Part Chapter(string name) => chapters.TryGetValue(name, out var part) ? part : new Part(name, Line: 1, []);
        var parameters = Chapter("PARAMETERS");
        return new Page(
            path,
            Text(title),
            string.Join(' ', PlainText.Paragraphs(Chapter("SYNOPSIS").Blocks)),
            PlainText.Paragraphs(Chapter("DESCRIPTION").Blocks),
            ReadParameters(parameters.Blocks, path),
            ReadShared(parameters.Blocks, path),
            [.. Split(Chapter("EXAMPLES").Blocks, level: 3, path).Select(part => ReadExample(part, path))],
            ReadTypes(Chapter("INPUTS"), path),
            ReadTypes(Chapter("OUTPUTS"), path),
            PlainText.Paragraphs(Chapter("NOTES").Blocks),
            [.. Links(Chapter("RELATED LINKS").Blocks).Select(ReadLink)]);
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadParameters(IReadOnlyList<Block> blocks, string path)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in Split(blocks, level: 3, path))
        {
            if (!part.Title.StartsWith('-') || !texts.TryAdd(part.Title[1..], PlainText.Paragraphs(part.Blocks)))
            {
                throw new PageException(path, part.Line, $"'{part.Title}' is no parameter (### -Name), or stands here twice.");
            }
        }

        return texts;
    }

    private static Dictionary<string, IReadOnlyList<string>> ReadShared(IEnumerable<Block> blocks, string path)
    {
        var texts = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);
        foreach (var link in Links(blocks.TakeWhile(static block => block is not HeadingBlock)))
        {
            var file = Path.Combine(Path.GetDirectoryName(path)!, link.Url!);
            if (!File.Exists(file))
            {
                throw new PageException(path, link.Line + 1, $"There is no file '{link.Url}'.");
            }

            foreach (var (name, text) in ReadParameters([.. MarkdownFile.Read(file).SkipWhile(static block => block is not HeadingBlock { Level: 3 })], file))
            {
                texts.TryAdd(name, text);
            }
        }

        return texts;
    }

    private static PageExample ReadExample(Part part, string path)
    {
        if (part.Blocks.OfType<FencedCodeBlock>().Where(static code => code.Info == "powershell").ToList() is not [var code])
        {
            throw new PageException(path, part.Line, "An example has one block of powershell.");
        }

        var title = part.Title.Contains(": ", StringComparison.Ordinal) ? part.Title[(part.Title.IndexOf(": ", StringComparison.Ordinal) + 2)..] : part.Title;
        return new PageExample(
            title,
            PlainText.Code(code),
            PlainText.Paragraphs(part.Blocks.Where(block => block != code)),
            code.Arguments == RunnableWord);
    }

    private static List<PageType> ReadTypes(Part chapter, string path) =>
        [.. Split(chapter.Blocks, level: 3, path).Select(static part => new PageType(part.Title, PlainText.Paragraphs(part.Blocks)))];

    private static PageLink ReadLink(LinkInline link) =>
        new(PlainText.Of(link), link.Url!.StartsWith("https://", StringComparison.Ordinal) ? link.Url : "");

    private static IEnumerable<LinkInline> Links(IEnumerable<Block> blocks) => blocks.SelectMany(static block =>
        block is LeafBlock leaf ? leaf.Inline?.Descendants<LinkInline>() ?? [] : block.Descendants<LinkInline>());

    private static string Text(HeadingBlock heading) => PlainText.Of(heading.Inline!);

    /// <summary>What stands under each heading of a level; what is before the first belongs to none.</summary>
    private static List<Part> Split(IEnumerable<Block> blocks, int level, string path)
    {
        var parts = new List<(HeadingBlock Heading, List<Block> Blocks)>();
        foreach (var block in blocks)
        {
            if (block is HeadingBlock heading && heading.Level <= level)
            {
                if (heading.Level < level)
                {
                    throw new PageException(path, heading.Line + 1, $"'{Text(heading)}' is a heading of level {heading.Level}, where {level} is expected.");
                }

                parts.Add((heading, []));
            }
            else if (parts.Count > 0)
            {
                parts[^1].Blocks.Add(block);
            }
        }

        return [.. parts.Select(static part => new Part(Text(part.Heading), part.Heading.Line + 1, part.Blocks))];
    }

    private sealed record Part(string Title, int Line, IReadOnlyList<Block> Blocks);
}
