using System.Collections.Concurrent;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>
/// A PowerShell process with the staged module in its runspace, which this process drives the way <c>Start-Job</c> does: what crosses is text and
/// values; objects arrive as their properties. Disposing removes the module, which ends its sessions. To start such a process costs seconds of
/// processor time, so that the next engine gets it as it was before, unless it is to have a process of its own.
/// </summary>
public sealed class ScriptEngine : IDisposable
{
    private static readonly ConcurrentBag<Runspace> Idle = [];

    private readonly Runspace runspace;
    private readonly bool ownProcess;

    /// <param name="service">What <c>@service</c> splats into a <c>Connect-</c> cmdlet.</param>
    /// <param name="ownProcess">For what stays in a process (assemblies, memory): one that nobody has used or will use.</param>
    public ScriptEngine(Service? service = null, bool ownProcess = false)
    {
        this.ownProcess = ownProcess;
        runspace = !ownProcess && Idle.TryTake(out var idle) ? idle : Open();
        try
        {
            Run(
                """
                param($root, $manifest, $service)
                $ErrorActionPreference = 'Stop'
                Set-Location -LiteralPath $root
                Import-Module $manifest
                $ErrorActionPreference = 'Continue'
                """,
                StagedModule.Root,
                StagedModule.Manifest,
                service?.Parameters());
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

    public void Dispose()
    {
        if (ownProcess || runspace.RunspaceAvailability != RunspaceAvailability.Available)
        {
            runspace.Dispose();
            return;
        }

        try
        {
            Run(
                """
                $ErrorActionPreference = 'Stop'
                Remove-Module IoTF -Force
                Get-EventSubscriber -Force | Unregister-Event -Force
                Get-ChildItem function: | Where-Object Name -notin $Pristine.Functions | Remove-Item
                Get-ChildItem env: | Where-Object Name -notin $Pristine.Environment.Name | Remove-Item
                $Pristine.Environment | ForEach-Object { Set-Item "env:$($_.Name)" $_.Value }
                Get-Variable -Scope Global | Where-Object Name -notin $Pristine.Variables | Remove-Variable -Scope Global -Force
                $Pristine.Preferences | ForEach-Object { Set-Variable $_.Name $_.Value -Scope Global }
                $Error.Clear()
                """);
            Idle.Add(runspace);
        }
        catch (RuntimeException)
        {
            // The test has already said what it found. The next one gets a process that is in order.
            runspace.Dispose();
        }
    }

    private static Runspace Open()
    {
        var process = new PowerShellProcessInstance();
        var start = process.Process.StartInfo;
        start.FileName = Pwsh.Program;
        start.ArgumentList.Insert(0, Pwsh.Assembly);
        var opened = RunspaceFactory.CreateOutOfProcessRunspace(new TypeTable([]), process);
        try
        {
            opened.Open();
            Run(
                opened,
                """
                $Pristine = @{
                    Functions = (Get-ChildItem function:).Name
                    Environment = @(Get-ChildItem env: | Select-Object Name, Value)
                    Preferences = @(Get-Variable *Preference -Scope Global | Select-Object Name, Value)
                }
                $Pristine.Variables = (Get-Variable -Scope Global).Name
                """);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    private static void Run(Runspace runspace, string script, params object?[] arguments)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddScript(script, useLocalScope: false);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        shell.Invoke();
    }

    private void Run(string script, params object?[] arguments) => Run(runspace, script, arguments);
}
