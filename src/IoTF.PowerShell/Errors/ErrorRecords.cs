using System.Management.Automation;

namespace IoTF.PowerShell.Errors;

/// <summary>The one place where the module's error records are made.</summary>
internal static class ErrorRecords
{
    /// <summary>Makes an error record that says what failed and what to do next.</summary>
    /// <param name="id">One of <see cref="ErrorIds"/>.</param>
    /// <param name="category">PowerShell's kind of error.</param>
    /// <param name="message">What failed and for whom; a full sentence. It is printed and logged: no secret may be in it.</param>
    /// <param name="nextStep">What to check or do next; a full sentence.</param>
    /// <param name="target">The input that failed, so that a script can send it again.</param>
    /// <param name="exception">The cause. Without one, an exception with <paramref name="message"/> is made.</param>
    internal static ErrorRecord Create(
        string id,
        ErrorCategory category,
        string message,
        string nextStep,
        object? target = null,
        Exception? exception = null)
    {
        var record = new ErrorRecord(exception ?? new InvalidOperationException(message), id, category, target)
        {
            ErrorDetails = new ErrorDetails(TextFor(typeof(PSObject).Assembly.GetName().Version!, message, nextStep)) { RecommendedAction = nextStep },
        };
        if (target is PSObject { BaseObject: PSCustomObject } row)
        {
            // By default the engine prints all columns of a row, and one of them may be a secret.
            record.CategoryInfo.TargetName = $"{row.Properties["DeviceType"]?.Value}/{row.Properties["DeviceId"]?.Value}";
        }

        return record;
    }

    /// <summary>The error record of an input that cannot become a payload.</summary>
    internal static ErrorRecord Create(Payloads.PayloadException fault, object? target) =>
        Create(fault.ErrorId, fault.Category, fault.Message, fault.NextStep, target, fault);

    /// <summary>PowerShell 7.5 and later print the recommended action below the text. In 7.4 it is part of the text, or nobody would see it.</summary>
    internal static string TextFor(Version engine, string message, string nextStep) =>
        engine >= new Version(7, 5) || nextStep.Length == 0 ? message : $"{message} {nextStep}";
}
