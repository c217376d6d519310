using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Windows;

/// <summary>A fresh Windows: a Wine prefix of its own, a Windows .NET and a Windows PowerShell, in a folder that is deleted at the end.</summary>
public sealed class WindowsMachine : IAsyncLifetime
{
    /// <summary>How often a test is tried when Wine ends the process.</summary>
    private const int Tries = 3;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment;
    private int _scripts;

    public WindowsMachine()
    {
        var dotnet = WindowsPath(_folder.PathOf("dotnet"));
        _environment = new Dictionary<string, string>
        {
            ["HOME"] = _folder.FullName,
            ["WINEPREFIX"] = _folder.PathOf("prefix"),
            ["WINEARCH"] = "win64",
            ["WINEDEBUG"] = "-all",

            // No browser engine, which Wine would want to download, and no entries in menus. mscoree has to stay: every .NET assembly imports it.
            ["WINEDLLOVERRIDES"] = "mshtml=;winemenubuilder.exe=d",
            ["DISPLAY"] = "",
            ["DOTNET_ROOT"] = dotnet,
            ["DOTNET_ROOT_X64"] = dotnet,

            // Wine 8 now and then fails while a garbage collection frees dynamic methods, which PowerShell makes all the time. Nothing is collected before 1 GiB.
            ["DOTNET_GCgen0size"] = "40000000",
            ["DOTNET_gcConcurrent"] = "0",
            ["POWERSHELL_TELEMETRY_OPTOUT"] = "1",
            ["POWERSHELL_UPDATECHECK"] = "Off",
        };
    }

    /// <summary>A path of this system as Windows programs see it.</summary>
    public static string WindowsPath(string path) => "Z:" + path.Replace('/', '\\');

    public async Task InitializeAsync()
    {
        Wine.RequireAll();
        WindowsRuntime.LayOut(_folder.PathOf("dotnet"));
        await RunAsync(Wine.Boot, "-i");
        await RunAsync(Wine.Program, "winecfg", "-v", "win10");

        // A crash ends the process instead of waiting for a debugger.
        await RunAsync(Wine.Program, "reg", "delete", @"HKLM\Software\Microsoft\Windows NT\CurrentVersion\AeDebug", "/f");
    }

    public async Task DisposeAsync()
    {
        if (Directory.Exists(_environment["WINEPREFIX"]))
        {
            // Ends what runs in this prefix, and nothing else.
            foreach (var argument in new[] { "-k", "-w" })
            {
                await using var server = RunningProgram.Start(Wine.Server, [argument], _environment);
                await server.WaitForExitAsync(Limit);
            }
        }

        _folder.Dispose();
    }

    /// <summary>Runs a test, and again when Wine ends the process, which the output of the test then says.</summary>
    internal static async Task TryAsync(ITestOutputHelper output, Func<Task> test)
    {
        for (var number = 1; ; number++)
        {
            try
            {
                await test();
                return;
            }
            catch (WineCrashedException crash) when (number < Tries)
            {
                output.WriteLine($"Wine ended try {number} of {Tries}: {crash.Message}");
            }
        }
    }

    /// <summary>Runs a script with the module in Windows' PowerShell, in a process of its own, to the end of both.</summary>
    /// <returns>The lines that it wrote. An error that it ended in is the last one.</returns>
    internal async Task<IReadOnlyList<string>> RunAsync(string script)
    {
        const string LastLine = "-- end of the script --";
        var number = Interlocked.Increment(ref _scripts);
        var written = _folder.PathOf($"output{number}.txt");
        var path = _folder.Write(
            $"script{number}.ps1",
            $$"""
            $ErrorActionPreference = 'Stop'
            try {
                Import-Module '{{WindowsPath(StagedModule.Manifest)}}'
                {{script}}
            }
            catch { "failed: $($_.FullyQualifiedErrorId): $_" }
            '{{LastLine}}'
            """);
        var command = $"'{Wine.Program.Find()}' '{WindowsRuntime.PowerShell}' -NoLogo -NoProfile -NonInteractive -File '{WindowsPath(path)}' > '{written}' 2> '{written}.errors'";
        await using var process = RunningProgram.Start(Wine.Terminal, ["-qfec", command, "/dev/null"], _environment);
        int exitCode;
        try
        {
            exitCode = await process.WaitForExitAsync(Limit);
        }
        catch (TimeoutException hang)
        {
            throw new WineCrashedException($"the process did not end within {Limit}. {Written()}", hang);
        }

        var lines = await File.ReadAllLinesAsync(written);
        var end = Array.LastIndexOf(lines, LastLine);
        return end >= 0 && exitCode == 0
            ? lines[..end]
            : throw new WineCrashedException($"exit code {exitCode}. {Written()}");

        string Written() => $"It wrote: {File.ReadAllText(written)}{File.ReadAllText(written + ".errors")}";
    }

    private async Task RunAsync(DebianProgram program, params string[] arguments)
    {
        await using var running = RunningProgram.Start(program, arguments, _environment);
        running.CloseInput();
        await running.WaitForSuccessAsync(Limit);
    }
}
