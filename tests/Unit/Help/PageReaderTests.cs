using IoTF.Help.Pages;
using IoTF.Help.Topics;
using Xunit;

namespace IoTF.Tests.Unit.Help;

/// <summary>What is read of a page, and what is refused.</summary>
public sealed class PageReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("iotf-pages-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Prose_loses_its_marks_and_keeps_its_paragraphs()
    {
        var page = Read("# Get-Thing\n\n## DESCRIPTION\n\nGets `things` of\n**all** [kinds](https://example.com).\n\n- one\n- two\n");

        Assert.Equal(["Gets things of all kinds.", "- one\n- two"], page.Description);
    }

    [Fact]
    public void Front_matter_is_no_prose() => Assert.Equal("Gets it.", Read("---\ntitle: x\n---\n\n# Get-Thing\n\n## SYNOPSIS\n\nGets it.\n").Synopsis);

    [Fact]
    public void An_example_says_whether_it_runs()
    {
        var page = Read("# Get-Thing\n\n## EXAMPLES\n\n### Example 1: Now\n\n```powershell runnable\nGet-Thing\n```\n\n### Example 2: Later\n\n```powershell\nGet-Thing -Later\n```\n\nIt waits.\n");

        Assert.Equal(("Now", "Get-Thing", true), (page.Examples[0].Title, page.Examples[0].Code, page.Examples[0].Runnable));
        Assert.False(page.Examples[1].Runnable);
        Assert.Equal(["It waits."], page.Examples[1].Remarks);
    }

    [Fact]
    public void A_shared_text_stands_in_where_the_page_has_none_of_its_own()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "shared"));
        File.WriteAllText(Path.Combine(_folder, "shared", "all.md"), "# Shared\n\n### -Name\n\nShared name.\n\n### -Port\n\nShared port.\n");
        var page = Read("# Get-Thing\n\n## PARAMETERS\n\nSee [here](shared/all.md).\n\n### -Name\n\nIts name.\n");

        Assert.Equal(["Its name."], page.TextOf("Name"));
        Assert.Equal(["Shared port."], page.TextOf("port"));
        Assert.Empty(page.TextOf("Host"));
    }

    [Theory]
    [InlineData("# Get-Other\n", 1)]
    [InlineData("# Get-Thing\n\n## REMARKS\n\nWords.\n", 3)]
    [InlineData("# Get-Thing\n\n## PARAMETERS\n\n### Name\n\nWords.\n", 5)]
    [InlineData("# Get-Thing\n\n## PARAMETERS\n\n### -Name\n\nWords.\n\n### -name\n\nWords.\n", 9)]
    [InlineData("# Get-Thing\n\n## PARAMETERS\n\nSee [here](shared/none.md).\n", 5)]
    [InlineData("# Get-Thing\n\n## EXAMPLES\n\n### Example 1: Nothing\n\nWords.\n", 5)]
    public void What_is_no_page_is_refused_with_its_line(string text, int line) =>
        Assert.Equal(line, Assert.Throws<PageException>(() => Read(text)).Line);

    [Fact]
    public void A_topic_is_wrapped_but_for_its_scripts()
    {
        var words = string.Join(' ', Enumerable.Repeat("word", 40));
        var script = $"'{new string('x', 100)}'";
        var path = Write("about_Thing.md", $"# about_Thing\n\n## Long description\n\n{words}\n\n- {words}\n\n```powershell\n{script}\n```\n");

        var lines = AboutTopic.Read(path).Split('\n');

        Assert.Equal(["TOPIC", "    about_Thing", "", "LONG DESCRIPTION", ""], lines[..5]);
        Assert.Contains($"        {script}", lines);
        Assert.All(lines.Where(line => !line.Contains('x')), line => Assert.True(line.Length <= AboutTopic.Width, line));
        Assert.Equal(80, string.Join(' ', lines).Split("word").Length - 1);
        Assert.Contains("      word word word word", lines.Select(static line => line[..Math.Min(line.Length, 25)]));
    }

    private Page Read(string text) => PageReader.Read(Write("Get-Thing.md", text));

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
