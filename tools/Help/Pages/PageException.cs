namespace IoTF.Help.Pages;

/// <summary>A page does not have the form that the help is made from.</summary>
public sealed class PageException : Exception
{
    /// <summary>Makes the exception for a place in a page.</summary>
    /// <param name="path">The file.</param>
    /// <param name="line">The line, from 1.</param>
    /// <param name="message">What is wrong.</param>
    public PageException(string path, int line, string message)
        : base(message)
    {
        Path = path;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The line, from 1.</summary>
    public int Line { get; }
}
