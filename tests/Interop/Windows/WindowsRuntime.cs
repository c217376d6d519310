namespace IoTF.Tests.Interop.Windows;

/// <summary>
/// Windows' .NET as its installer lays it out, made of links to the packages with the runtimes, and Windows' PowerShell, from the package that
/// <c>dotnet tool install</c> takes.
/// </summary>
internal static class WindowsRuntime
{
    private const string Version = "WindowsRuntimeVersion";

    /// <summary>The program of PowerShell.</summary>
    public static string PowerShell { get; } = NuGetPackage.PathOf("PowerShell", "PowerShellToolVersion", "tools", "net10.0", "any", "win", "pwsh.exe");

    /// <summary>Lays the runtime out in a folder, which becomes its <c>DOTNET_ROOT</c>.</summary>
    public static void LayOut(string folder)
    {
        var core = NuGetPackage.PathOf("Microsoft.NETCore.App.Runtime.win-x64", Version, "runtimes", "win-x64");
        var desktop = NuGetPackage.PathOf("Microsoft.WindowsDesktop.App.Runtime.win-x64", Version, "runtimes", "win-x64");
        var version = NuGetPackage.Said(Version);
        Link(Path.Combine(folder, "host", "fxr", version), Path.Combine(core, "native"), "hostfxr.dll");
        foreach (var (name, source) in new[] { ("Microsoft.NETCore.App", core), ("Microsoft.WindowsDesktop.App", desktop) })
        {
            var target = Path.Combine(folder, "shared", name, version);
            Link(target, Path.Combine(source, "native"), "*");
            Link(target, Path.Combine(source, "lib", "net10.0"), "*.*");
        }
    }

    private static void Link(string target, string source, string pattern)
    {
        Directory.CreateDirectory(target);
        foreach (var file in Directory.EnumerateFiles(source, pattern))
        {
            File.CreateSymbolicLink(Path.Combine(target, Path.GetFileName(file)), file);
        }
    }
}
