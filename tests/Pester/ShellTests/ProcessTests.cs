using System.Diagnostics;
using Xunit;

namespace IoTF.Tests.Pester.ShellTests;

public sealed class ProcessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Errors_go_to_standard_error_everything_else_to_standard_output_and_nothing_is_coloured()
    {
        using var session = new Session();
        var script = session.Write("streams.ps1", "[CmdletBinding()] param() 'output'; $PSCmdlet.WriteWarning('careful'); throw 'stop'");

        using var shell = Start(script);
        var output = shell.StandardOutput.ReadToEndAsync();
        var error = shell.StandardError.ReadToEndAsync();
        await shell.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(1, shell.ExitCode);
        Assert.Equal("output\nWARNING: careful\n", (await output).ReplaceLineEndings("\n"));
        Assert.Contains("| stop", await error, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', await output + await error);
    }

    [Fact]
    public async Task Commands_from_a_redirected_input_run_line_by_line()
    {
        using var shell = Start();
        await shell.StandardInput.WriteAsync("function Add($a) {\n $a + 1\n}\nAdd 4\nthrow 'on'\n'still here'\nexit 9\n");
        shell.StandardInput.Close();
        var output = await shell.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await shell.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal("5\nstill here\n", output.ReplaceLineEndings("\n"));
        Assert.Equal(9, shell.ExitCode);
    }

    [Fact]
    public async Task A_script_that_does_not_exist_is_refused_with_advice()
    {
        using var shell = Start("no-such-script.ps1");
        var error = await shell.StandardError.ReadToEndAsync().WaitAsync(Patience);
        await shell.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(64, shell.ExitCode);
        Assert.Contains("Check the path", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_stops_the_script_and_closes_the_runspace(string signal, int expected)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var session = new Session();
        var script = session.Write(
            "waits.ps1",
            """
            $runspace = [Management.Automation.Runspaces.Runspace]::DefaultRunspace
            $runspace.add_StateChanged([ShellTestFarewell]::Handler)
            try {
                [Console]::Out.WriteLine('ready')
                while ($true) { $null = [Threading.Thread]::Yield() }
            }
            finally { [Console]::Out.WriteLine('stopped') }
            """);
        var farewell = session.Write("farewell.ps1", Farewell + File.ReadAllText(script));

        using var shell = Start(farewell);
        Assert.Equal("ready", await shell.StandardOutput.ReadLineAsync().WaitAsync(Patience));
        using (var kill = Process.Start("kill", [$"-{signal}", $"{shell.Id}"]))
        {
            await kill.WaitForExitAsync().WaitAsync(Patience);
        }

        var rest = await shell.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await shell.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal("stopped\nClosed\n", rest);
        Assert.Equal(expected, shell.ExitCode);
    }

    // A delegate that needs no runspace, because there is none any more when it is called.
    private const string Farewell = """
        class ShellTestFarewell { static [EventHandler[Management.Automation.Runspaces.RunspaceStateEventArgs]] $Handler }
        $parameter = [Linq.Expressions.Expression]::Parameter([object]), [Linq.Expressions.Expression]::Parameter([Management.Automation.Runspaces.RunspaceStateEventArgs])
        $state = [Linq.Expressions.Expression]::Property([Linq.Expressions.Expression]::Property($parameter[1], 'RunspaceStateInfo'), 'State')
        $write = [Linq.Expressions.Expression]::Call([Console].GetMethod('WriteLine', [type[]]@([object])), [Linq.Expressions.Expression]::Convert($state, [object]))
        $closed = [Linq.Expressions.Expression]::Equal($state, [Linq.Expressions.Expression]::Constant([Management.Automation.Runspaces.RunspaceState]::Closed))
        [ShellTestFarewell]::Handler = [Linq.Expressions.Expression]::Lambda(
            [EventHandler[Management.Automation.Runspaces.RunspaceStateEventArgs]],
            [Linq.Expressions.Expression]::IfThen($closed, $write), [Linq.Expressions.ParameterExpression[]]$parameter).Compile()

        """;

    private static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Shell.Hosting.ShellHost).Assembly.Location, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
