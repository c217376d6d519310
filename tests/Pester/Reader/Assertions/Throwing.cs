using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>Runs a script block for -Throw and compares the error that ends it with what was expected.</summary>
internal sealed class Throwing(string? message, string? errorId, Type? exceptionType)
{
    /// <summary>Judges the script block.</summary>
    /// <returns>What was found, and the error that was thrown, if any.</returns>
    public (Verdict Verdict, ErrorRecord? Error) Judge(object? actual, bool negate)
    {
        if ((actual is PSObject wrapped ? wrapped.BaseObject : actual) is not ScriptBlock block)
        {
            throw new ArgumentException("-Throw needs a script block: put the code into braces.");
        }

        var error = ErrorOf(block);
        if (negate)
        {
            // No error is welcome then, whatever its message would be.
            return (new Verdict(error is not null, "an exception", $"{Found(error)}"), error);
        }

        return (new Verdict(error is not null && Fits(error), $"an exception{Expectations()}", Found(error)), error);
    }

    private static ErrorRecord? ErrorOf(ScriptBlock block)
    {
        ErrorRecord? caught = null;
        ScriptBlock.Create("param($______body, $______error) try { do { $null = & $______body } until ($true) } catch { $______error.Invoke($_) }")
            .InvokeReturnAsIs(block, new Action<ErrorRecord>(error => caught = error));
        return caught;
    }

    private static string Found(ErrorRecord? error) => error is null
        ? "none was thrown"
        : $"got [{error.Exception.GetType().FullName}] '{error.Exception.Message}' with the id '{error.FullyQualifiedErrorId}'";

    private static bool IsLike(string text, string? pattern) =>
        string.IsNullOrWhiteSpace(pattern) || new WildcardPattern(pattern, WildcardOptions.IgnoreCase).IsMatch(text);

    private bool Fits(ErrorRecord error) =>
        IsLike(error.Exception.Message, message)
        && IsLike(error.FullyQualifiedErrorId, errorId)
        && exceptionType?.IsInstanceOfType(error.Exception) is not false;

    private string Expectations() => string.Concat(
        exceptionType is null ? string.Empty : $" of type [{exceptionType.FullName}]",
        string.IsNullOrWhiteSpace(message) ? string.Empty : $" with a message like '{message}'",
        string.IsNullOrWhiteSpace(errorId) ? string.Empty : $" with an id like '{errorId}'");
}
