using System.Globalization;
using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>A script in a PowerShell process of its own, for tests in which the process ends.</summary>
public sealed class ShellProcess : IAsyncDisposable
{
    private readonly TemporaryFolder folder;

    private ShellProcess(TemporaryFolder folder, RunningProgram program)
    {
        this.folder = folder;
        Program = program;
    }

    public RunningProgram Program { get; }

    /// <summary>Runs a script file, as <c>pwsh -File</c> does.</summary>
    public static RunningProgram StartFile(string path, IEnumerable<string> parameters, IReadOnlyDictionary<string, string>? environment = null) =>
        RunningProgram.Start("pwsh", [Pwsh.Program, .. Pwsh.File(path, parameters)], environment);

    /// <summary>Runs a script that has the module and <c>$service</c>, with which it connects in plain text.</summary>
    /// <param name="port">The port of the service on 127.0.0.1.</param>
    /// <param name="script">The script. It speaks to the test with <c>[Console]::WriteLine</c>, which is not held back.</param>
    /// <param name="before">What runs before the module is imported.</param>
    public static ShellProcess Start(int port, string script, string before = "")
    {
        var folder = new TemporaryFolder();
        var path = folder.Write(
            "script.ps1",
            $$"""
            param([int] $Port)
            {{before}}
            Import-Module '{{StagedModule.Manifest}}'
            $token = ConvertTo-SecureString '{{Service.Token}}' -AsPlainText -Force
            $service = @{ HostName = '127.0.0.1'; Port = $Port; Token = $token; Insecure = $true; WarningAction = 'SilentlyContinue' }
            {{script}}
            """);
        return new ShellProcess(folder, StartFile(path, ["-Port", port.ToString(CultureInfo.InvariantCulture)]));
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        folder.Dispose();
    }
}
