namespace IoTF.Help.Pages;

/// <summary>The pages of a folder: one for each cmdlet, <c>Verb-Noun.md</c>.</summary>
public static class PageFolder
{
    /// <summary>Reads all pages.</summary>
    /// <param name="folder">The folder; what is below it, and about topics, are no pages.</param>
    /// <returns>The pages by cmdlet.</returns>
    /// <exception cref="PageException">A page has not the form of one.</exception>
    public static IReadOnlyDictionary<string, Page> Read(string folder) => Directory
        .GetFiles(folder, "*-*.md")
        .Select(PageReader.Read)
        .ToDictionary(static page => page.Name, StringComparer.OrdinalIgnoreCase);
}
