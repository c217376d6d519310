using System.ComponentModel;
using System.Diagnostics;

namespace IoTF.Tests;

/// <summary>The PowerShell of the tool manifest (<c>.config/dotnet-tools.json</c>), which tests and bench start as users start theirs.</summary>
internal static class Pwsh
{
    private static readonly Lazy<string> Resolved = new(Resolve);

    /// <summary>The program to start.</summary>
    public const string Program = "dotnet";

    /// <summary>
    /// The program's first argument. <c>dotnet pwsh</c> starts this one as its child's child, where no signal and no exit code of a kill would arrive.
    /// </summary>
    public static string Assembly => Resolved.Value;

    /// <summary>The folder with the tool manifest.</summary>
    public static string Checkout { get; } = FindCheckout();

    /// <summary>The arguments that run a script file in a PowerShell without a profile and with nobody to ask.</summary>
    public static string[] File(string path, params IEnumerable<string> parameters) =>
        [Assembly, "-NoLogo", "-NoProfile", "-NonInteractive", "-File", path, .. parameters];

    private static string Resolve()
    {
        var start = new ProcessStartInfo(Program, ["pwsh", "-NoLogo", "-NoProfile", "-NonInteractive", "-Command", "[System.Environment]::GetCommandLineArgs()[0]"])
        {
            WorkingDirectory = Checkout,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using var process = Process.Start(start)!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync();
            var path = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 && System.IO.File.Exists(path)
                ? path
                : throw new InvalidOperationException($"'dotnet pwsh' does not start in {Checkout}. Type 'dotnet tool restore' there. {path} {errors.Result}");
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException("The program 'dotnet' is not on the PATH. Install the .NET SDK 10, or add its folder to the PATH.", missing);
        }
    }

    private static string FindCheckout()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (System.IO.File.Exists(Path.Combine(folder.FullName, "IoTF.psd1")))
            {
                return folder.FullName;
            }
        }

        throw new FileNotFoundException($"There is no IoTF.psd1 above {AppContext.BaseDirectory}. Run this from a checkout.");
    }
}
