using System.Text.RegularExpressions;
using Xunit;

namespace IoTF.Tests.Unit.Documents;

/// <summary>Sources cite docs/protocol.md by section, as in "protocol.md §4.6".</summary>
public sealed class ProtocolDocumentTests
{
    private static readonly Regex Citation = new(@"protocol\.md\)? (?<sections>§\d+(?:\.\d+)*(?:(?:,| and| to)? §\d+(?:\.\d+)*)*)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private static readonly Regex Section = new(@"§(?<number>\d+(?:\.\d+)*)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private static readonly Regex Heading = new(@"^#{2,3} (?<number>\d+(?:\.\d+)*)\.? ", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.Multiline);

    [Fact]
    public void Every_section_that_a_source_cites_exists()
    {
        var sections = Numbers(Heading, File.ReadAllText(Path.Combine(Repository.Root, "docs", "protocol.md"))).ToHashSet();
        var citations = (
            from file in Repository.Files(".cs", ".ps1", ".md")
            from Match citation in Citation.Matches(File.ReadAllText(file))
            from section in Numbers(Section, citation.Groups["sections"].Value)
            select (File: Path.GetRelativePath(Repository.Root, file), Section: section)).ToArray();

        Assert.NotEmpty(citations);
        Assert.All(citations, citation => Assert.True(sections.Contains(citation.Section), $"{citation.File} cites protocol.md §{citation.Section}, which does not exist."));
    }

    private static IEnumerable<string> Numbers(Regex pattern, string text) => pattern.Matches(text).Select(static match => match.Groups["number"].Value);
}
