using System.Text.RegularExpressions;
using Xunit;

namespace IoTF.Tests.Unit.Documents;

/// <summary>What a document of the repository points to is there.</summary>
public sealed class LinkTests
{
    private static readonly Regex Link = new(@"\]\((?<target>[^)#\s]+)(?:#[^)]*)?\)", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    private static readonly Regex Folder = new(@"`(?<target>(?:src|tests|tools|docs|bench|examples)/[\w./-]+)`", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant);

    [Fact]
    public void Every_relative_link_of_a_document_leads_somewhere()
    {
        var links = (
            from document in Repository.Files(".md")
            from Match link in Link.Matches(File.ReadAllText(document))
            let target = link.Groups["target"].Value
            where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
            select (Document: document, Target: target)).ToArray();

        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(
            Path.Exists(Path.Combine(Path.GetDirectoryName(link.Document)!, link.Target)),
            $"{Path.GetRelativePath(Repository.Root, link.Document)} links to {link.Target}, which does not exist."));
    }

    [Fact]
    public void Every_folder_and_file_that_a_document_names_exists()
    {
        var names = (
            from document in Repository.Files(".md")
            where Path.GetFileName(document) != "protocol.md"
            from Match name in Folder.Matches(File.ReadAllText(document))
            select (Document: document, Target: name.Groups["target"].Value)).ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(
            Path.Exists(Path.Combine(Repository.Root, name.Target)),
            $"{Path.GetRelativePath(Repository.Root, name.Document)} names {name.Target}, which does not exist."));
    }
}
