namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>One It of a file, once for each item of its data.</summary>
/// <param name="FullName"><c>Describe.Context.It name</c>.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Message">Why it failed, where, and what was written meanwhile; empty otherwise.</param>
/// <param name="Tags">Its own tags and those of its blocks.</param>
public sealed record TestResult(string FullName, TestOutcome Outcome, string Message, IReadOnlyList<string> Tags);
