using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace IoTF.Shell.Hosting;

/// <summary>A Windows console understands escape sequences only after it was asked to.</summary>
[SupportedOSPlatform("windows")]
internal static class WindowsTerminal
{
    private const int StandardOutput = -11;
    private const uint EnableVirtualTerminalProcessing = 0x0004;

    internal static bool TryEnableEscapeSequences()
    {
        var console = GetStdHandle(StandardOutput);
        return GetConsoleMode(console, out var mode) && SetConsoleMode(console, mode | EnableVirtualTerminalProcessing);
    }

    [DllImport("kernel32.dll")]
    private static extern nint GetStdHandle(int handle);

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool GetConsoleMode(nint console, out uint mode);

    [DllImport("kernel32.dll")]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static extern bool SetConsoleMode(nint console, uint mode);
}
