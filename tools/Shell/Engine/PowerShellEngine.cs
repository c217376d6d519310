using System.Management.Automation;
using System.Management.Automation.Host;
using System.Management.Automation.Runspaces;
using Microsoft.PowerShell;

namespace IoTF.Shell.Engine;

/// <summary>Opens runspaces on the PowerShell engine of the NuGet package, ready to run scripts.</summary>
public static class PowerShellEngine
{
    /// <summary>Opens a runspace with the full language and the engine's own cmdlets.</summary>
    /// <param name="host">The host that its pipelines write to.</param>
    /// <param name="options">What it starts with, or null for nothing special.</param>
    /// <returns>The open runspace; the caller disposes it, which lets modules say goodbye to their servers.</returns>
    /// <exception cref="RuntimeException">A module in <see cref="EngineOptions.Modules"/> could not be imported.</exception>
    public static Runspace Open(PSHost host, EngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(host);
        options ??= new EngineOptions();
        ModulePath.RemoveForeignEngines();
        var runspace = RunspaceFactory.CreateRunspace(host, InitialState(options));
        try
        {
            runspace.ThreadOptions = PSThreadOptions.ReuseThread;
            runspace.Open();

            // Opening adds the folders the engine knows of, on Windows those of Windows PowerShell among them.
            ModulePath.RemoveForeignEngines();
            runspace.SessionStateProxy.Path.SetLocation(
                WildcardPattern.Escape(Path.GetFullPath(options.WorkingDirectory ?? Environment.CurrentDirectory)));
            Import(runspace, options.Modules);
            return runspace;
        }
        catch
        {
            runspace.Dispose();
            throw;
        }
    }

    private static InitialSessionState InitialState(EngineOptions options)
    {
        var state = InitialSessionState.CreateDefault2();
        state.LanguageMode = PSLanguageMode.FullLanguage;
        if (OperatingSystem.IsWindows())
        {
            // There is no execution policy elsewhere, and setting one is an error there.
            state.ExecutionPolicy = ExecutionPolicy.Bypass;
        }

        foreach (var (name, value) in options.Variables)
        {
            state.Variables.Add(new SessionStateVariableEntry(name, value, description: string.Empty));
        }

        options.Configure?.Invoke(state);
        return state;
    }

    private static void Import(Runspace runspace, IReadOnlyList<string> modules)
    {
        foreach (var module in modules)
        {
            using var shell = PowerShell.Create(runspace);
            shell.AddCommand("Import-Module").AddParameter("Name", module).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
        }
    }
}
