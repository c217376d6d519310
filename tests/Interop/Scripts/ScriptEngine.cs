using System.Management.Automation.Runspaces;
using IoTF.Shell.Engine;
using IoTF.Shell.Hosting;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>A runspace of the real PowerShell engine with the staged module in it. Disposing closes the runspace.</summary>
public sealed class ScriptEngine : IDisposable
{
    private readonly Runspace runspace;

    /// <param name="service">What <c>@service</c> splats into a <c>Connect-</c> cmdlet.</param>
    public ScriptEngine(Service? service = null)
    {
        var variables = new Dictionary<string, object?> { ["manifest"] = StagedModule.Manifest };
        if (service is not null)
        {
            variables["service"] = service.Parameters();
        }

        runspace = PowerShellEngine.Open(
            new ShellHost(new CapturingUserInterface()),
            new EngineOptions { WorkingDirectory = StagedModule.Root, Modules = [StagedModule.Manifest], Variables = variables });
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
