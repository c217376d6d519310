using System.Management.Automation;

namespace IoTF.PowerShell.Payloads;

/// <summary>An input cannot become a payload.</summary>
public sealed class PayloadException : Exception
{
    internal PayloadException(string errorId, string message, string nextStep, Exception? cause = null)
        : base(message, cause)
    {
        ErrorId = errorId;
        NextStep = nextStep;
    }

    /// <summary>The stable identifier, one of <see cref="Errors.ErrorIds"/>.</summary>
    public string ErrorId { get; }

    /// <summary>What to do about it; a full sentence.</summary>
    public string NextStep { get; }

    internal ErrorCategory Category => ErrorId == Errors.ErrorIds.PayloadTooLarge ? ErrorCategory.LimitsExceeded : ErrorCategory.InvalidData;
}
