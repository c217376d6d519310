using IoTF.Tests.Interop.Signals;
using Xunit;

namespace IoTF.Tests.Interop.Programs;

public sealed class ProgramTests
{
    [Fact]
    public void A_missing_program_is_named_with_its_Debian_package()
    {
        var missing = new DebianProgram("no-such-program", "some-package");

        var failure = Assert.Throws<MissingProgramException>(missing.Find);

        Assert.Contains("'no-such-program' is missing", failure.Message, StringComparison.Ordinal);
        Assert.Contains("apt-get install some-package", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lines_of_both_streams_are_captured_while_the_program_runs()
    {
        await using var program = Shell("echo first; echo wrong >&2; read line; echo \"got $line\"; exit 3");

        Assert.Equal("first", await program.WaitForLineAsync(line => line == "first"));
        Assert.Equal("wrong", await program.WaitForLineAsync(line => line == "wrong"));
        await program.WriteInputAsync("ü\n"u8.ToArray());

        Assert.Equal(3, await program.WaitForExitAsync());
        Assert.Equal(["first", "got ü"], program.Output.Snapshot());
        Assert.Equal(["wrong"], program.Errors.Snapshot());
    }

    [Fact]
    public async Task A_line_that_cannot_come_any_more_fails_at_once_and_shows_what_came()
    {
        await using var program = Shell("echo something else");

        var failure = await Assert.ThrowsAsync<SignalMissedException>(() => program.WaitForLineAsync(line => line == "hoped for", TimeSpan.FromHours(1)));

        Assert.Contains("something else", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_line_that_does_not_come_in_time_fails()
    {
        await using var program = Shell("read forever");

        await Assert.ThrowsAsync<SignalMissedException>(() => program.WaitForLineAsync(line => line == "hoped for", TimeSpan.FromMilliseconds(1)));
    }

    [Theory]
    [InlineData(Signal.Interrupt, "INT", 2)]
    [InlineData(Signal.Terminate, "TERM", 15)]
    public async Task A_signal_reaches_the_program(Signal signal, string name, int number)
    {
        await using var program = Shell($"trap 'echo caught {number}; exit 7' {name}; echo ready; while read line; do :; done");
        await program.WaitForLineAsync(line => line == "ready");

        program.Send(signal);
        // The shell looks at its traps when its read returns, which the signal itself does not always make it do.
        program.CloseInput();

        await program.WaitForLineAsync(line => line == $"caught {number}");
        Assert.Equal(7, await program.WaitForExitAsync());
    }

    [Fact]
    public async Task A_killed_program_has_the_exit_code_of_its_signal()
    {
        await using var program = Shell("echo ready; read forever");
        await program.WaitForLineAsync(line => line == "ready");

        program.Send(Signal.Kill);

        Assert.Equal(128 + 9, await program.WaitForExitAsync());
    }

    [Fact]
    public async Task Disposing_kills_what_the_program_has_started_too()
    {
        var program = Shell("sleep 1000 & echo $!; wait");
        var child = int.Parse(await program.WaitForLineAsync(_ => true), System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(Runs(child));

        // It returns when the pipes are closed, and the child holds them open for as long as it lives.
        await program.DisposeAsync();

        Assert.False(Runs(child));
    }

    [Fact]
    public async Task A_program_that_fails_says_its_exit_code_and_its_words()
    {
        var failure = await Assert.ThrowsAsync<ProgramFailedException>(
            () => RunningProgram.RunAsync(DebianProgram.Shell, "-c", "echo no luck >&2; exit 9"));

        Assert.Equal(9, failure.ExitCode);
        Assert.Contains("no luck", failure.Message, StringComparison.Ordinal);
    }

    private static RunningProgram Shell(string script) => RunningProgram.Start(DebianProgram.Shell, ["-c", script]);

    /// <summary>Whether a process runs; one that has ended and awaits its parent's attention does not.</summary>
    private static bool Runs(int processId)
    {
        try
        {
            var status = File.ReadAllText($"/proc/{processId}/stat");
            return status[status.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
