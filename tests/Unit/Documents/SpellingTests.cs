using System.Text.RegularExpressions;
using Xunit;

namespace IoTF.Tests.Unit.Documents;

/// <summary>The spelling is that of PowerShell and of the platform: organization, authorization, behavior.</summary>
public sealed partial class SpellingTests
{
    /// <summary>This file, and those that repeat what other programs print.</summary>
    private static readonly string[] Exempt = ["SpellingTests.cs", "MosquittoTests.cs"];

    [Fact]
    public void No_file_has_British_spelling()
    {
        var files = Repository.Files(".cs", ".ps1", ".psd1", ".ps1xml", ".md", ".csproj", ".props", ".yml", ".py", ".js").ToArray();
        var findings =
            from file in files
            where !Exempt.Contains(Path.GetFileName(file))
            from line in File.ReadLines(file).Index()
            let match = British().Match(line.Item)
            where match.Success
            select $"{Path.GetRelativePath(Repository.Root, file)}, line {line.Index + 1}: {match.Value}";

        Assert.True(files.Length > 500, "The files of the project were not found.");
        Assert.Empty(findings);
    }

    [GeneratedRegex(
        @"\w*(organis|authoris|recognis|initialis|serialis|normalis|synchronis|optimis(e|ed|ing|ation)\b|behaviour|colour|favour|neighbour|licence|judgement|travelled|cancell(ed|ing)|towards|afterwards|\bfor ever\b)\w*",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex British();
}
