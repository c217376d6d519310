using System.Management.Automation.Host;

namespace IoTF.Shell.Hosting;

/// <summary>The size and abilities of what the text is shown on.</summary>
/// <param name="Size">Width and height in cells.</param>
/// <param name="Colours">Whether escape sequences for colours are understood and wanted.</param>
/// <param name="Interactive">Whether a person sits in front of it: progress is drawn, prompts make sense.</param>
public sealed record TerminalSettings(Size Size, bool Colours, bool Interactive)
{
    /// <summary>What is used where there is no terminal: 120 cells wide, as PowerShell's own redirected output.</summary>
    public static TerminalSettings Redirected { get; } = new(new Size(120, 50), Colours: false, Interactive: false);

    /// <summary>Reads the settings of the process's console.</summary>
    /// <returns><see cref="Redirected"/> when the output is not a terminal.</returns>
    public static TerminalSettings OfConsole()
    {
        if (Console.IsOutputRedirected)
        {
            return Redirected;
        }

        // https://no-color.org: any value but the empty one turns colours off.
        var colours = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb"
            && (!OperatingSystem.IsWindows() || WindowsTerminal.TryEnableEscapeSequences());
        return new TerminalSettings(ConsoleSize(), colours, Interactive: !Console.IsInputRedirected);
    }

    private static Size ConsoleSize()
    {
        try
        {
            return Console.WindowWidth > 0 ? new Size(Console.WindowWidth, Console.WindowHeight) : Redirected.Size;
        }
        catch (IOException)
        {
            return Redirected.Size;
        }
    }
}
