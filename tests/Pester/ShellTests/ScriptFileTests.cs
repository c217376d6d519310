using IoTF.Shell.Hosting;
using Xunit;

namespace IoTF.Tests.Pester.ShellTests;

public sealed class ScriptFileTests
{
    [Theory]
    [InlineData("'done'", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("function Leave { exit 6 }; Leave", 6)]
    [InlineData("try { exit 8 } finally { 'closed' }", 8)]
    [InlineData("$global:LASTEXITCODE = 7; 'done'", 0)]
    [InlineData("Get-NoSuchThing; 'done'", 0)]
    [InlineData("$null.Foo(); 'done'", 0)]
    [InlineData("Get-NoSuchThing; exit 0", 0)]
    [InlineData("throw 'stop'", 1)]
    [InlineData("$ErrorActionPreference = 'Stop'; Get-NoSuchThing", 1)]
    [InlineData("if (", 1)]
    [InlineData("param([int]$N) $N", 1, "-N", "many")]
    [InlineData("[CmdletBinding()] param([int]$N) $N", 1, "-Unknown", "1")]
    public void The_exit_code_is_that_of_pwsh_File(string script, int expected, params string[] arguments)
    {
        using var session = new Session();

        Assert.Equal(expected, session.RunFile(script, arguments));
    }

    [Fact]
    public void A_script_that_another_one_calls_ends_alone_at_its_exit()
    {
        using var session = new Session();
        session.Write("inner.ps1", "exit 3");

        Assert.Equal(0, session.RunFile("& $PSScriptRoot/inner.ps1; \"$LASTEXITCODE $?\""));
        Assert.Equal("3 False\n", session.Ui.Text(OutputStream.Output));
    }

    [Theory]
    [InlineData("p1 text=a flag=False n=0", "p1", "-Text", "a")]
    [InlineData("p1 text=a flag=True n=5", "-Flag", "p1", "-Text:a", "-N", "5")]
    [InlineData("p1 text=- flag=False n=-5", "p1", "-Text", "-", "-N:", "-5", "-Flag:$false")]
    public void Arguments_bind_as_those_of_pwsh_File(string expected, params string[] arguments)
    {
        using var session = new Session();

        session.RunFile("param($First, [string]$Text, [switch]$Flag, [int]$N) \"$First text=$Text flag=$Flag n=$N\"", arguments);

        Assert.Equal(expected + "\n", session.Ui.AllText());
    }

    [Fact]
    public void An_error_that_ends_the_script_is_told_with_its_line_on_the_error_stream()
    {
        using var session = new Session();

        session.RunFile("'before'\nthrow 'the pump is off'");

        Assert.Equal("before\n", session.Ui.Text(OutputStream.Output));
        Assert.Contains("script.ps1:2", session.Ui.Text(OutputStream.Error), StringComparison.Ordinal);
        Assert.Contains("| the pump is off", session.Ui.Text(OutputStream.Error), StringComparison.Ordinal);
    }

    [Fact]
    public void Each_stream_arrives_as_such()
    {
        using var session = new Session();

        session.RunFile(
            """
            [CmdletBinding()] param()
            'output'; $PSCmdlet.WriteWarning('warning'); $PSCmdlet.WriteVerbose('verbose'); Get-NoSuchThing
            $DebugPreference = 'Continue'; $PSCmdlet.WriteDebug('debug'); $host.UI.WriteLine('host')
            $PSCmdlet.WriteProgress([Management.Automation.ProgressRecord]::new(1, 'activity', 'status'))
            """,
            "-Verbose");

        Assert.Equal("output\nhost\n", session.Ui.Text(OutputStream.Output));
        Assert.Equal("warning\n", session.Ui.Text(OutputStream.Warning));
        Assert.Equal("verbose\n", session.Ui.Text(OutputStream.Verbose));
        Assert.Equal("debug\n", session.Ui.Text(OutputStream.Debug));
        Assert.Equal("activity: status\n", session.Ui.Text(OutputStream.Progress));
        Assert.Contains("Get-NoSuchThing", session.Ui.Text(OutputStream.Error), StringComparison.Ordinal);
    }

    [Fact]
    public void A_prompt_for_a_mandatory_parameter_reads_an_answer()
    {
        using var session = new Session();
        session.Ui.Answers.Enqueue("p1");

        Assert.Equal(0, session.RunFile("param([Parameter(Mandatory)][string]$Name) \"is $Name\""));
        Assert.EndsWith("Name: is p1\n", session.Ui.AllText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 0)]
    [InlineData("exit 4", 4)]
    [InlineData("Get-NoSuchThing", 1)]
    [InlineData("Get-NoSuchThing; 1", 0)]
    [InlineData("throw 1", 1)]
    public void A_command_exits_with_its_code_or_its_success(string command, int expected)
    {
        using var session = new Session();

        Assert.Equal(expected, session.Runner.RunCommand(command));
    }
}
