using Markdig;
using Markdig.Extensions.Yaml;
using Markdig.Syntax;

namespace IoTF.Help.Prose;

/// <summary>Reads Markdown as GitHub does: with tables, and without what is between dashes at the top.</summary>
internal static class MarkdownFile
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseYamlFrontMatter().Build();

    public static IReadOnlyList<Block> Read(string path) =>
        [.. Markdown.Parse(File.ReadAllText(path), Pipeline).Where(static block => block is not YamlFrontMatterBlock)];
}
