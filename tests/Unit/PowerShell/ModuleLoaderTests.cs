using System.Collections;
using System.Management.Automation;
using System.Reflection;
using IoTF.Loader;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>
/// PowerShell lists the exported types of an assembly before it runs the assembly's initializers. Listing those of the root module loads the
/// module's other assemblies (what types inherit from, implement and embed and, on Windows, the value types in signatures of virtual members),
/// so something that needs none of them has to make them findable first.
/// </summary>
public sealed class ModuleLoaderTests(Engine engine) : IClassFixture<Engine>
{
    [Fact]
    public void The_loader_is_imported_before_the_root_module()
    {
        var manifest = (Hashtable)((PSObject)engine.Run(
            "param($path) & ([scriptblock]::Create([System.IO.File]::ReadAllText($path)))", Checkout.File("IoTF.psd1"))[0]!).BaseObject;

        Assert.Equal("bin/IoTF.Loader.dll", ((object[])manifest["NestedModules"]!)[0]);
        Assert.Equal("bin/IoTF.PowerShell.dll", manifest["RootModule"]);
        Assert.Contains(typeof(IModuleAssemblyInitializer), typeof(ModuleLoader).GetInterfaces());
    }

    [Fact]
    public void The_loader_needs_no_assembly_that_it_loads()
    {
        var needed = typeof(ModuleLoader).Assembly.GetReferencedAssemblies().Select(static name => name.Name!);

        Assert.All(needed, static name => Assert.True(name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard", name));
    }

    [Fact]
    public void Every_assembly_of_the_module_that_the_root_module_needs_is_found()
    {
        var needed = typeof(IoTF.PowerShell.Loading.ModuleLifetime).Assembly.GetReferencedAssemblies()
            .Select(static name => name.Name!)
            .Where(static name => !name.StartsWith("System.", StringComparison.Ordinal) && name is not "netstandard");

        Assert.Subset(new HashSet<string>(PrivateAssemblies.OwnNames), new HashSet<string>(needed));
    }

    [Fact]
    public void The_loader_knows_every_assembly_that_is_staged_behind_it()
    {
        var staged = Directory.EnumerateFiles(Checkout.File("bin/lib"), "*.dll").Select(static file => Path.GetFileNameWithoutExtension(file));

        Assert.Equal(PrivateAssemblies.OwnNames.Concat(PrivateAssemblies.PackageNames).Order(), staged.Order());
    }
}
