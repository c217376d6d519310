namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>What a file holds and, after a run, what became of it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Error">Why the file could not be read, or null.</param>
/// <param name="Results">Its tests in order.</param>
public sealed record TestFileReport(string Path, string? Error, IReadOnlyList<TestResult> Results);
