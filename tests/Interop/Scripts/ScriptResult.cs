using System.Management.Automation;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>What a script wrote, and how it ended.</summary>
/// <param name="Output">The objects it emitted: values without PowerShell's wrappers, others as their properties.</param>
/// <param name="Errors">The error records it wrote and went on after.</param>
/// <param name="Warnings">Its warnings.</param>
/// <param name="Failure">The error that ended it; null when none did.</param>
/// <param name="Stopped">Whether Ctrl+C ended it.</param>
public sealed record ScriptResult(
    IReadOnlyList<object> Output, IReadOnlyList<ErrorRecord> Errors, IReadOnlyList<string> Warnings, ErrorRecord? Failure, bool Stopped)
{
    /// <summary>A value that came out of the script's process; of an object, its properties, which <c>dynamic</c> reads.</summary>
    internal static object Value(PSObject emitted) => emitted.BaseObject is PSCustomObject ? emitted : emitted.BaseObject;

    /// <summary>The result itself, when the script ran to its end without any error.</summary>
    /// <exception cref="InvalidOperationException">It did not.</exception>
    public ScriptResult OrFail()
    {
        if ((Failure ?? (Errors.Count > 0 ? Errors[0] : null)) is { } error)
        {
            throw new InvalidOperationException(
                $"{error.FullyQualifiedErrorId}: {error} ({Errors.Count} errors){Environment.NewLine}{error.ScriptStackTrace}", error.Exception);
        }

        return Stopped ? throw new InvalidOperationException("The script was stopped.") : this;
    }
}

/// <summary>What tests ask of error records.</summary>
public static class ErrorRecordExtensions
{
    /// <summary>The stable part of the id: what stands before the comma.</summary>
    public static string Id(this ErrorRecord error) => error.FullyQualifiedErrorId.Split(',')[0];

    /// <summary>What the record is about, without PowerShell's wrapper.</summary>
    public static object? Target(this ErrorRecord error) => error.TargetObject is PSObject wrapped ? ScriptResult.Value(wrapped) : error.TargetObject;

    /// <summary>What the record says to do next.</summary>
    public static string? NextStep(this ErrorRecord error) => error.ErrorDetails?.RecommendedAction;
}
