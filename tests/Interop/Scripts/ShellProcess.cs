using System.Globalization;
using IoTF.Tests.Interop.Programs;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>A script in a process of its own, run by the console host of <c>tools/Shell</c>, for tests in which the process ends.</summary>
public sealed class ShellProcess : IAsyncDisposable
{
    /// <summary>The console host itself.</summary>
    public static readonly DebianProgram Host = new("IoTF.Shell", "dotnet-sdk-10.0") { Folders = [AppContext.BaseDirectory] };

    private readonly TemporaryFolder folder;

    private ShellProcess(TemporaryFolder folder, RunningProgram program)
    {
        this.folder = folder;
        Program = program;
    }

    public RunningProgram Program { get; }

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
            $token = [securestring]::new()
            foreach ($character in '{{Service.Token}}'.ToCharArray()) { $token.AppendChar($character) }
            $service = @{ HostName = '127.0.0.1'; Port = $Port; Token = $token; Insecure = $true; WarningAction = 'SilentlyContinue' }
            {{script}}
            """);
        return new ShellProcess(folder, RunningProgram.Start(Host, [path, "-Port", port.ToString(CultureInfo.InvariantCulture)]));
    }

    public async ValueTask DisposeAsync()
    {
        await Program.DisposeAsync();
        folder.Dispose();
    }
}
