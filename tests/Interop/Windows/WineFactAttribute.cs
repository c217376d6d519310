using IoTF.Tests.Interop.Programs;
using Xunit;

namespace IoTF.Tests.Interop.Windows;

/// <summary>A test that needs Wine, and is skipped where there is none.</summary>
public sealed class WineFactAttribute : FactAttribute
{
    public WineFactAttribute() => Skip = Wine.WhyNot;
}

/// <summary>A test with data that needs Wine, and is skipped where there is none.</summary>
public sealed class WineTheoryAttribute : TheoryAttribute
{
    public WineTheoryAttribute() => Skip = Wine.WhyNot;
}

/// <summary>The programs of Wine.</summary>
internal static class Wine
{
    public static DebianProgram Program { get; } = new("wine", "wine");

    public static DebianProgram Boot { get; } = new("wineboot", "wine");

    public static DebianProgram Server { get; } = new("wineserver", "wine") { Folders = ["/usr/lib/wine", "/usr/lib/x86_64-linux-gnu/wine", "/usr/bin"] };

    /// <summary>Gives a program a terminal. Without one on its input, PowerShell ends in silence.</summary>
    public static DebianProgram Terminal { get; } = new("script", "bsdutils");

    /// <summary>Why there is no test on Wine here; null if there is.</summary>
    public static string? WhyNot { get; } = FindReason();

    private static string? FindReason()
    {
        if (!OperatingSystem.IsLinux())
        {
            return "On purpose: this runs Windows' PowerShell on Wine, on Linux.";
        }

        try
        {
            foreach (var program in new[] { Program, Boot, Server, Terminal })
            {
                program.Find();
            }

            return null;
        }
        catch (MissingProgramException)
        {
            return "Wine is missing, which runs Windows' PowerShell here. Install it (Debian, Ubuntu): apt-get install wine wine64 bsdutils";
        }
    }
}
