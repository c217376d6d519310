namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>What an operator found.</summary>
/// <param name="Holds">Whether the statement holds, before <c>-Not</c>.</param>
/// <param name="Statement">The statement after the word <c>Expected</c>, as in <c>5</c> or <c>a value like 'a*'</c>.</param>
/// <param name="Found">What was found instead, as in <c>got 4</c>.</param>
internal sealed record Verdict(bool Holds, string Statement, string Found)
{
    public void Enforce(bool negate, string? because)
    {
        if (Holds != negate)
        {
            return;
        }

        var reason = string.IsNullOrWhiteSpace(because) ? string.Empty : $" because {WithoutBecause(because.Trim())},";
        throw new AssertionException($"Expected {(negate ? "not " : string.Empty)}{Statement},{reason} but {Found}.");
    }

    private static string WithoutBecause(string reason) =>
        reason.StartsWith("because ", StringComparison.OrdinalIgnoreCase) ? reason["because ".Length..] : reason;
}
