using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Xml.Linq;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>The columns of the table views that show a state in color, evaluated as the engine does.</summary>
public sealed class FormatColorTests
{
    private const char Escape = '\u001b';

    public static TheoryData<string, string, string> States => new()
    {
        { "IoTF.PowerShell.Sessions.IoTFSession", "State", "Open" },
        { "IoTF.PowerShell.Sessions.IoTFSession", "State", "Reconnecting" },
        { "IoTF.PowerShell.Sessions.IoTFSession", "State", "Failed" },
        { "IoTF.PowerShell.Actions.IoTFAction", "State", "Active" },
        { "IoTF.PowerShell.Emulation.IoTFEmulator", "State", "Running" },
        { "IoTF.PowerShell.Messages.IoTFStatus", "Action", "FailedConnect" },
        { "IoTF.PowerShell.Diagnosing.IoTFConnectionStep", "Result", "Failed" },
    };

    [Theory]
    [MemberData(nameof(States))]
    public void A_state_has_a_color_and_loses_it_at_its_end(string type, string property, string state)
    {
        var shown = Show(type, property, state);
        Assert.StartsWith($"{Escape}[", shown, StringComparison.Ordinal);
        Assert.EndsWith($"{Escape}[0m", shown, StringComparison.Ordinal);
        Assert.Contains(state, shown, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(States))]
    public void With_NO_COLOR_or_in_a_host_without_styles_it_has_none(string type, string property, string state)
    {
        Assert.Equal(state, Show(type, property, state, "$env:NO_COLOR = '1'"));
        Assert.Equal(state, Show(type, property, state, style: false));
    }

    [Fact]
    public void Control_characters_of_a_strangers_word_do_not_reach_the_terminal() =>
        Assert.Equal("a [31mb", Show("IoTF.PowerShell.Messages.IoTFStatus", "Action", "a\u001b[31mb"));

    private static string? Show(string type, string property, string state, string before = "", bool style = true)
    {
        var column = XDocument.Load(Checkout.File("IoTF.Format.ps1xml"))
            .Descendants("View").Single(view => view.Element("Name")!.Value == type)
            .Descendants("ScriptBlock").Single(block => block.Value.Contains("$PSStyle", StringComparison.Ordinal)).Value;
        var initial = InitialSessionState.CreateDefault2();
        if (!style)
        {
            initial.Variables.Remove("PSStyle", type: null);
        }

        using var runspace = RunspaceFactory.CreateRunspace(initial);
        runspace.Open();
        using var shell = System.Management.Automation.PowerShell.Create(runspace);
        shell.AddScript(
            $$"""
            param($property, $state, $column)
            $before = $env:NO_COLOR
            $env:NO_COLOR = ''
            {{before}}
            try { [pscustomobject]@{ $property = $state } | ForEach-Object ([scriptblock]::Create($column)) } finally { $env:NO_COLOR = $before }
            """).AddArgument(property).AddArgument(state).AddArgument(column);
        var shown = shell.Invoke();
        Assert.Empty(shell.Streams.Error);
        return shown.Single().ToString();
    }
}
