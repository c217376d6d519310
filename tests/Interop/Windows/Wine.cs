using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Windows;

/// <summary>The programs that run Windows programs.</summary>
internal static class Wine
{
    public static DebianProgram Program { get; } = new("wine", "wine");

    public static DebianProgram Boot { get; } = new("wineboot", "wine");

    public static DebianProgram Server { get; } = new("wineserver", "wine") { Folders = ["/usr/lib/wine", "/usr/lib/x86_64-linux-gnu/wine", "/usr/bin"] };

    /// <summary>Gives a program a terminal. Without one on its input, PowerShell ends in silence.</summary>
    public static DebianProgram Terminal { get; } = new("script", "bsdutils");

    /// <exception cref="MissingProgramException">One of them is not installed.</exception>
    public static void RequireAll()
    {
        foreach (var program in new[] { Program, Boot, Server, Terminal })
        {
            program.Find();
        }
    }
}
