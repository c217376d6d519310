namespace IoTF.Tests.Interop.Programs;

/// <summary>A program that the tests need is not installed.</summary>
public sealed class MissingProgramException(DebianProgram program) : Exception(
    $"""
    The program '{program.Name}' is missing, and this test drives the real one, so it fails instead of proving nothing.
    Install it (Debian, Ubuntu: apt-get install {program.Package}), or run .ci/run, which installs everything the tests need.
    Looked in: {string.Join(", ", program.Folders)}
    """);
