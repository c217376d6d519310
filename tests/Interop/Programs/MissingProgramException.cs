namespace IoTF.Tests.Interop.Programs;

/// <summary>A program that a test needs is not installed. The test is skipped with this reason (<see cref="SkippingFramework"/>), which .ci/run counts as a failure.</summary>
public sealed class MissingProgramException : Exception
{
    public MissingProgramException(string message)
        : base(message)
    {
    }

    public MissingProgramException(DebianProgram program)
        : base(
            $"The program '{program.Name}' is missing. Install it (Debian, Ubuntu: apt-get install {program.Package}), or run .ci/run, which installs " +
            $"everything the tests need. Looked in: {string.Join(", ", program.Folders)}")
    {
    }
}
