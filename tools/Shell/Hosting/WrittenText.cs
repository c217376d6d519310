namespace IoTF.Shell.Hosting;

/// <summary>One piece of text as it reached the user interface; a line ends with a line feed.</summary>
/// <param name="Stream">The stream it was written to.</param>
/// <param name="Text">The text.</param>
public sealed record WrittenText(OutputStream Stream, string Text);
