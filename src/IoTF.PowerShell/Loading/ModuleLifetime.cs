using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.PowerShell.Loading;

/// <summary>What happens when the module leaves a runspace. PowerShell finds this class by its interface.</summary>
public sealed class ModuleLifetime : IModuleAssemblyCleanup
{
    /// <summary>Ends what the leaving runspace owns: its sessions are disconnected and its emulator stops.</summary>
    /// <param name="psModuleInfo">The module that is removed.</param>
    /// <remarks>The assemblies stay loaded, because other runspaces of this process may be using them.</remarks>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Runspace.DefaultRunspace is { } runspace)
        {
            RunspaceScope.End(runspace);
        }
    }
}
