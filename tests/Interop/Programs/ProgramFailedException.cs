namespace IoTF.Tests.Interop.Programs;

/// <summary>A program ended with an exit code that says failure.</summary>
public sealed class ProgramFailedException(RunningProgram program, int exitCode) : Exception(
    $"{program} ended with exit code {exitCode}.{Environment.NewLine}"
    + string.Join(Environment.NewLine, program.Errors.Snapshot().Concat(program.Output.Snapshot()).TakeLast(40)))
{
    public int ExitCode { get; } = exitCode;
}
