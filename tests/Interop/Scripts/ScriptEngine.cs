using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>
/// A PowerShell process with the staged module in its runspace, which this process drives the way <c>Start-Job</c> does: what crosses is text and
/// values; objects arrive as their properties. Disposing closes the runspace and ends the process.
/// </summary>
public sealed class ScriptEngine : IDisposable
{
    private readonly Runspace runspace;

    /// <param name="service">What <c>@service</c> splats into a <c>Connect-</c> cmdlet.</param>
    public ScriptEngine(Service? service = null)
    {
        var process = new PowerShellProcessInstance();
        var start = process.Process.StartInfo;
        start.FileName = Pwsh.Program;
        start.ArgumentList.Insert(0, Pwsh.Assembly);
        runspace = RunspaceFactory.CreateOutOfProcessRunspace(new TypeTable([]), process);
        try
        {
            runspace.Open();
            using var shell = PowerShell.Create(runspace);
            shell.AddScript(
                """
                param($root, $manifest, $service)
                $ErrorActionPreference = 'Stop'
                Set-Location -LiteralPath $root
                Import-Module $manifest
                $ErrorActionPreference = 'Continue'
                """,
                useLocalScope: false);
            shell.AddArgument(StagedModule.Root).AddArgument(StagedModule.Manifest).AddArgument(service?.Parameters()).Invoke();
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    /// <summary>Starts a script; its <c>$args</c> are the arguments.</summary>
    public RunningScript Start(string script, params object?[] arguments) => RunningScript.Start(runspace, script, arguments);

    /// <summary>Runs a script to its end, whatever that is.</summary>
    public async Task<ScriptResult> RunAsync(string script, params object?[] arguments)
    {
        using var running = Start(script, arguments);
        return await running.WaitForEndAsync();
    }

    /// <summary>Runs a script that may take long.</summary>
    public async Task<ScriptResult> RunAsync(TimeSpan limit, string script, params object?[] arguments)
    {
        using var running = Start(script, arguments);
        return await running.WaitForEndAsync(limit);
    }

    public void Dispose() => runspace.Dispose();
}
