namespace IoTF.Help.Pages;

/// <summary>What a page says of a cmdlet: prose only, for the rest is known by the cmdlet.</summary>
/// <param name="Path">The file.</param>
/// <param name="Name">The cmdlet.</param>
/// <param name="Synopsis">One sentence.</param>
/// <param name="Description">Paragraphs.</param>
/// <param name="Parameters">The page's own texts, by parameter.</param>
/// <param name="Shared">Texts that several pages share, by parameter; used where the page has none of its own.</param>
/// <param name="Examples">In the order of the page.</param>
/// <param name="Inputs">What may be piped in.</param>
/// <param name="Outputs">What comes out.</param>
/// <param name="Notes">Paragraphs; may be empty.</param>
/// <param name="Links">Related pages.</param>
public sealed record Page(
    string Path,
    string Name,
    string Synopsis,
    IReadOnlyList<string> Description,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Parameters,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Shared,
    IReadOnlyList<PageExample> Examples,
    IReadOnlyList<PageType> Inputs,
    IReadOnlyList<PageType> Outputs,
    IReadOnlyList<string> Notes,
    IReadOnlyList<PageLink> Links)
{
    /// <summary>The text of a parameter; empty when there is none.</summary>
    /// <param name="parameter">The name, without the dash.</param>
    public IReadOnlyList<string> TextOf(string parameter) =>
        Parameters.TryGetValue(parameter, out var own) ? own : Shared.TryGetValue(parameter, out var shared) ? shared : [];
}

/// <summary>An example.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">The script.</param>
/// <param name="Remarks">Paragraphs before and after it.</param>
/// <param name="Runnable">Whether it runs as it stands, against an emulator that it starts itself.</param>
public sealed record PageExample(string Title, string Code, IReadOnlyList<string> Remarks, bool Runnable);

/// <summary>A type that goes in or comes out.</summary>
/// <param name="Name">The type's name.</param>
/// <param name="Text">Paragraphs.</param>
public sealed record PageType(string Name, IReadOnlyList<string> Text);

/// <summary>A related page.</summary>
/// <param name="Text">Its name.</param>
/// <param name="Address">Where it is on the web; empty for what <c>Get-Help</c> finds by its name.</param>
public sealed record PageLink(string Text, string Address);
