using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Loader;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Loading;

/// <summary>
/// PowerShell lists the types of the root module before any code of it runs. Every runtime loads the types that the listed ones embed; the one on
/// Windows also loads value types in signatures of virtual members. So a root module with a type that embeds one of another assembly shows on
/// Linux, too, whether the assemblies of <c>lib</c> are found in time.
/// </summary>
public sealed class LoadingOrderTests
{
    private const string Loader = "'bin/IoTF.Loader.dll', ";

    [Fact]
    public async Task Exported_types_may_need_other_assemblies_of_the_module()
    {
        using var module = NeedyModule();

        Assert.Equal("imported; Role: IoTF.Protocol.Identities.ClientRole in IoTF", await ImportAsync(module));
    }

    [Fact]
    public async Task Without_the_loader_they_fail_the_import()
    {
        using var module = NeedyModule();
        module.EditManifest(Loader, "");

        Assert.StartsWith("failed: Could not load file or assembly 'IoTF.Protocol,", await ImportAsync(module), StringComparison.Ordinal);
    }

    /// <summary>The staged module with another root assembly: its exported type has a value type of <c>IoTF.Protocol</c> in a field and in the signature of a virtual member.</summary>
    private static ModuleCopy NeedyModule()
    {
        var module = new ModuleCopy();
        var context = new AssemblyLoadContext("generator", isCollectible: true);
        var role = context.LoadFromAssemblyPath(module.ProtocolAssembly).GetType("IoTF.Protocol.Identities.ClientRole", throwOnError: true)!;
        var assembly = new PersistedAssemblyBuilder(new AssemblyName("IoTF.PowerShell") { Version = new Version(0, 1, 0, 0) }, typeof(object).Assembly);
        var type = assembly.DefineDynamicModule("IoTF.PowerShell").DefineType("IoTF.PowerShell.Needy", TypeAttributes.Public);
        type.DefineField("role", role, FieldAttributes.Private);
        var method = type.DefineMethod("Role", MethodAttributes.Public | MethodAttributes.Virtual, role, Type.EmptyTypes).GetILGenerator();
        method.Emit(OpCodes.Ldc_I4_0);
        method.Emit(OpCodes.Ret);
        type.CreateType();
        assembly.Save(module.RootAssembly);
        context.Unload();
        return module;
    }

    private static async Task<string> ImportAsync(ModuleCopy module)
    {
        using var folder = new TemporaryFolder();
        var script = folder.Write(
            "import.ps1",
            """
            param([string] $Manifest)
            try {
                Import-Module $Manifest -ErrorAction Stop
                $type = [IoTF.PowerShell.Needy].GetMethod('Role').ReturnType
                $context = [System.Runtime.Loader.AssemblyLoadContext]::GetLoadContext($type.Assembly).Name
                [Console]::WriteLine("imported; Role: $($type.FullName) in $context")
            }
            catch { [Console]::WriteLine("failed: $_") }
            """);
        await using var process = ShellProcess.StartFile(script, ["-Manifest", module.Manifest]);
        await process.WaitForSuccessAsync();
        return process.Output.Snapshot()[0];
    }
}
