using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.PowerShell.Loading;

/// <summary>What happens when the module enters a runspace and when it leaves it. PowerShell finds this class by its interfaces.</summary>
/// <remarks>
/// PowerShell enumerates the exported types of this assembly before <see cref="OnImport"/> runs, that is, before the other
/// assemblies of the module can be found. No public type here may therefore inherit from, implement or embed one of theirs.
/// </remarks>
public sealed class ModuleLifetime : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    /// <summary>Makes the assemblies in <c>lib</c> findable. PowerShell calls this at every import, in every runspace.</summary>
    public void OnImport() => PrivateAssemblies.Install();

    /// <summary>Ends what the leaving runspace owns: its sessions are disconnected and its emulator stops.</summary>
    /// <param name="psModuleInfo">The module that is removed.</param>
    /// <remarks>The assemblies stay findable, because other runspaces of this process may be using them.</remarks>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        if (Runspace.DefaultRunspace is { } runspace)
        {
            RunspaceScope.End(runspace);
        }
    }
}
