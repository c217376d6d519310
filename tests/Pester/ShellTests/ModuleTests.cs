using System.Management.Automation;
using IoTF.Shell.Hosting;
using IoTF.Shell.Scripting;
using Xunit;

namespace IoTF.Tests.Pester.ShellTests;

public sealed class ModuleTests
{
    private const string Manifest = """
        @{ RootModule = 'Pump.psm1'; ModuleVersion = '1.2.0'; GUID = '7b8a0d2e-5c1a-4c7e-9d55-0d6b1c3f0a11'; Author = 'a'
           Description = 'd'; FormatsToProcess = 'Pump.format.ps1xml'; FunctionsToExport = 'Get-Pump' }
        """;

    private const string Script = """
        function Get-Pump {
            <# .SYNOPSIS
               Reads the pumps. #>
            param() [pscustomobject]@{ PSTypeName = 'Test.Pump'; Name = 'p1'; Token = 'hidden' }
        }
        """;

    private const string View = """
        <Configuration><ViewDefinitions><View><Name>Pump</Name><ViewSelectedBy><TypeName>Test.Pump</TypeName></ViewSelectedBy>
        <TableControl><TableHeaders><TableColumnHeader><Label>PumpName</Label></TableColumnHeader></TableHeaders>
        <TableRowEntries><TableRowEntry><TableColumnItems><TableColumnItem><PropertyName>Name</PropertyName></TableColumnItem>
        </TableColumnItems></TableRowEntry></TableRowEntries></TableControl></View></ViewDefinitions></Configuration>
        """;

    [Theory]
    [InlineData("Get-Pump", "PumpName\n--------\np1\n")]
    [InlineData("(Get-Help Get-Pump).Synopsis", "Reads the pumps.")]
    [InlineData("(Test-ModuleManifest $PSScriptRoot/Pump.psd1).Version.ToString()", "1.2.0\n")]
    [InlineData("1..3 | ForEach-Object -Parallel { 'p' } | ForEach-Object { $_ }", "p\np\np\n")]
    public void Modules_views_help_and_parallel_pipelines_work(string command, string expected)
    {
        using var session = WithModule();

        Assert.Equal(0, session.RunFile($"Import-Module $PSScriptRoot/Pump.psd1\n{command}"));
        Assert.Contains(expected, Lines(session.Ui.Text(OutputStream.Output)), StringComparison.Ordinal);
        Assert.Empty(session.Ui.Text(OutputStream.Error));
    }

    [Fact]
    public void Objects_are_rendered_from_code_as_a_console_shows_them()
    {
        using var session = WithModule();
        session.RunFile("Import-Module $PSScriptRoot/Pump.psd1");
        var pump = new PSObject();
        pump.TypeNames.Insert(0, "Test.Pump");
        pump.Properties.Add(new PSNoteProperty("Name", "p2"));

        ObjectRendering.Show(session.Runspace, new[] { pump });

        Assert.Contains("PumpName\n--------\np2\n", Lines(session.Ui.AllText()), StringComparison.Ordinal);
    }

    private static Session WithModule()
    {
        var session = new Session();
        session.Write("Pump.psd1", Manifest);
        session.Write("Pump.psm1", Script);
        session.Write("Pump.format.ps1xml", View);
        return session;
    }

    private static string Lines(string text) => string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd()));
}
