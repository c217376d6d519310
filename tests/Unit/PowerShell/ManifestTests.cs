using System.Collections;
using System.Management.Automation;
using IoTF.PowerShell.Loading;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ManifestTests(Engine engine) : IClassFixture<Engine>
{
    [Fact]
    public void Every_cmdlet_is_exported_by_its_name()
    {
        var cmdlets = typeof(ModuleLifetime).Assembly.ExportedTypes
            .SelectMany(static type => type.GetCustomAttributes(typeof(CmdletAttribute), inherit: false))
            .Select(static attribute => $"{((CmdletAttribute)attribute).VerbName}-{((CmdletAttribute)attribute).NounName}")
            .ToHashSet();
        Assert.NotEmpty(cmdlets);
        Assert.Subset(Exported(), cmdlets);
    }

    [Fact]
    public void The_manifest_exports_nothing_by_wildcard()
    {
        Assert.DoesNotContain(Exported(), static name => WildcardPattern.ContainsWildcardCharacters(name));
        foreach (var list in new[] { "FunctionsToExport", "AliasesToExport", "VariablesToExport" })
        {
            Assert.Empty(Assert.IsType<object[]>(Manifest()[list]));
        }
    }

    [Fact]
    public void The_manifest_passes_the_engines_own_test() =>
        Assert.Equal("IoTF", engine.Run("param($path) $WarningPreference = 'Stop'; (Test-ModuleManifest $path).Name", Checkout.File("IoTF.psd1"))[0]?.ToString());

    [Fact]
    public void The_module_has_the_version_of_its_assembly() =>
        Assert.Equal(Manifest()["ModuleVersion"], typeof(ModuleLifetime).Assembly.GetName().Version?.ToString(fieldCount: 3));

    private HashSet<string> Exported() => [.. ((object[])Manifest()["CmdletsToExport"]!).Cast<string>()];

    private Hashtable Manifest() => (Hashtable)((PSObject)engine.Run(
        "param($path) & ([scriptblock]::Create([System.IO.File]::ReadAllText($path)))", Checkout.File("IoTF.psd1"))[0]!).BaseObject;
}
