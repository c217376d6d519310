using System.Management.Automation;

namespace IoTF.Loader;

/// <summary>Makes the assemblies in <c>lib</c> findable before PowerShell looks at the types of the module's root assembly.</summary>
/// <remarks>
/// PowerShell lists the exported types of an assembly before it runs that assembly's initializers, and listing them loads what they inherit from,
/// implement or embed; on Windows also the value types in the signatures of their virtual members. An initializer in the root assembly comes too
/// late for that. Hence this assembly, which needs none of the others and is first in the manifest's <c>NestedModules</c>: these are imported
/// before the root module.
/// </remarks>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    /// <summary>PowerShell calls this at every import, in every runspace.</summary>
    public void OnImport()
    {
        LoadedCopy.Claim(Importing());
        PrivateAssemblies.Install();
    }

    /// <summary>The module that is being imported: while PowerShell processes the nested modules of a manifest, the session state is that of the manifest.</summary>
    /// <remarks>
    /// Asked for instead of taken from this assembly's path: where two copies of the module are the same byte for byte, .NET gives the second one
    /// the assemblies of the first.
    /// </remarks>
    private static PSModuleInfo Importing() =>
        ScriptBlock.Create("$ExecutionContext.SessionState.Module").Invoke() is [{ BaseObject: PSModuleInfo module }]
            ? module
            : throw new InvalidOperationException("This assembly is part of the module IoTF and does nothing alone. Import the module: Import-Module IoTF");
}
