using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.Help.Commands;

/// <summary>Asks the module itself for its cmdlets, in an engine of its own: nobody knows their parameters better.</summary>
public static class ModuleCommands
{
    /// <summary>Imports the module and reads its cmdlets.</summary>
    /// <param name="manifest">The path of the manifest.</param>
    /// <returns>The cmdlets, by name in order.</returns>
    public static IReadOnlyList<CmdletInfo> Read(string manifest)
    {
        var state = InitialSessionState.CreateDefault2();
        state.ThrowOnRunspaceOpenError = true;
        state.ImportPSModule(Path.GetFullPath(manifest));
        using var shell = PowerShell.Create(state);
        var commands = shell.AddCommand("Get-Command").AddParameter("Module", Path.GetFileNameWithoutExtension(manifest)).Invoke<CmdletInfo>();
        if (commands.Count == 0)
        {
            throw new InvalidOperationException($"{manifest} exports no cmdlets.");
        }

        // Parameters are found out when first asked for, which takes the engine.
        foreach (var command in commands)
        {
            _ = command.ParameterSets.Count;
        }

        return [.. commands.OrderBy(static command => command.Name, StringComparer.OrdinalIgnoreCase)];
    }
}
