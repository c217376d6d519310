using System.Management.Automation;

namespace IoTF.Loader;

/// <summary>Makes the assemblies in <c>lib</c> findable before PowerShell looks at the types of the module's own assembly.</summary>
/// <remarks>
/// PowerShell lists the exported types of an assembly before it runs that assembly's initializers, and listing them loads what they inherit from,
/// implement or embed; on Windows also the value types in the signatures of their virtual members. An initializer in the module's own assembly
/// comes too late for that. Hence this assembly, which needs none of the others and is named in the manifest's <c>NestedModules</c>: these are
/// imported before the root module.
/// </remarks>
public sealed class ModuleLoader : IModuleAssemblyInitializer
{
    /// <summary>Called by PowerShell at every import, in every runspace. Only the first call of the process changes something.</summary>
    public void OnImport() => PrivateAssemblies.Install();
}
