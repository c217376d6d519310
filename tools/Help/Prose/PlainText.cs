using System.Text;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace IoTF.Help.Prose;

/// <summary>Markdown as it reads on a terminal: without marks, lists and tables as lines.</summary>
internal static class PlainText
{
    /// <summary>Paragraphs; a list, a table or a script is one of several lines.</summary>
    public static IReadOnlyList<string> Paragraphs(IEnumerable<Block> blocks) => [.. blocks.Select(Of).Where(static text => text.Length > 0)];

    public static string Of(Block block) => block switch
    {
        CodeBlock code => Indent(Code(code), "    "),
        ListBlock list => string.Join('\n', list.Cast<ListItemBlock>().Select(item => Item(list, item))),
        Table table => string.Join('\n', table.Cast<TableRow>().Where(static row => !row.IsHeader).Select(Row)),
        LeafBlock { Inline: { } inline } => Of(inline),
        ContainerBlock container => string.Join('\n', container.Select(Of)),
        _ => "",
    };

    public static string Code(CodeBlock code) => code.Lines.ToString().Replace("\r\n", "\n", StringComparison.Ordinal).TrimEnd();

    public static string Of(ContainerInline inlines)
    {
        var text = new StringBuilder();
        foreach (var inline in inlines)
        {
            text.Append(inline switch
            {
                LiteralInline literal => literal.Content.ToString(),
                CodeInline code => code.Content,
                LineBreakInline => " ",
                HtmlEntityInline entity => entity.Transcoded.ToString(),
                AutolinkInline link => link.Url,
                ContainerInline container => Of(container),
                _ => "",
            });
        }

        return text.ToString();
    }

    /// <summary>The cells of a row: what it is about, and what is said of it.</summary>
    private static string Row(TableRow row)
    {
        var cells = row.Cast<TableCell>().Select(static cell => string.Join(' ', cell.Select(Of))).ToList();
        return $"- {cells[0]}: {string.Join(' ', cells.Skip(1))}";
    }

    private static string Item(ListBlock list, ListItemBlock item)
    {
        var mark = list.IsOrdered ? $"{item.Order}. " : "- ";
        return mark + Indent(string.Join('\n', item.Select(Of)), new string(' ', mark.Length)).TrimStart();
    }

    private static string Indent(string text, string by) => string.Join('\n', text.Split('\n').Select(line => line.Length == 0 ? line : by + line));
}
