using System.Management.Automation.Host;

namespace IoTF.Shell.Hosting;

/// <summary>The raw side of a line-based host: a size for the formatter, and no screen to paint on.</summary>
/// <param name="size">Width and height in cells, asked anew each time because a terminal may be resized.</param>
public sealed class LineRawUserInterface(Func<Size> size) : PSHostRawUserInterface
{
    /// <inheritdoc/>
    public override Size BufferSize { get => size(); set => throw NoScreen(); }

    /// <inheritdoc/>
    public override Size WindowSize { get => size(); set => throw NoScreen(); }

    /// <inheritdoc/>
    public override Size MaxWindowSize => size();

    /// <inheritdoc/>
    public override Size MaxPhysicalWindowSize => size();

    /// <inheritdoc/>
    public override ConsoleColor ForegroundColor { get; set; } = ConsoleColor.Gray;

    /// <inheritdoc/>
    public override ConsoleColor BackgroundColor { get; set; } = ConsoleColor.Black;

    /// <inheritdoc/>
    public override Coordinates CursorPosition { get => default; set => throw NoScreen(); }

    /// <inheritdoc/>
    public override Coordinates WindowPosition { get => default; set => throw NoScreen(); }

    /// <inheritdoc/>
    public override int CursorSize { get; set; } = 25;

    /// <inheritdoc/>
    public override string WindowTitle { get; set; } = "IoTF";

    /// <inheritdoc/>
    public override bool KeyAvailable => false;

    /// <inheritdoc/>
    public override void FlushInputBuffer()
    {
    }

    /// <inheritdoc/>
    public override KeyInfo ReadKey(ReadKeyOptions options) => throw NoScreen();

    /// <inheritdoc/>
    public override BufferCell[,] GetBufferContents(Rectangle rectangle) => throw NoScreen();

    /// <inheritdoc/>
    public override void SetBufferContents(Coordinates origin, BufferCell[,] contents) => throw NoScreen();

    /// <inheritdoc/>
    public override void SetBufferContents(Rectangle rectangle, BufferCell fill) => throw NoScreen();

    /// <inheritdoc/>
    public override void ScrollBufferContents(Rectangle source, Coordinates destination, Rectangle clip, BufferCell fill) => throw NoScreen();

    private static HostException NoScreen() =>
        new("This host works line by line and has no screen to address. Use a full PowerShell for scripts that paint.");
}
