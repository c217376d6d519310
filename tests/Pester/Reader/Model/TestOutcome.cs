namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>What became of a test.</summary>
public enum TestOutcome
{
    /// <summary>Discovered only.</summary>
    NotRun,

    /// <summary>Every assertion held.</summary>
    Passed,

    /// <summary>An assertion did not hold, or an error ended it or one of its hooks.</summary>
    Failed,

    /// <summary>Marked with <c>-Skip</c>, or in a block that is.</summary>
    Skipped,
}
