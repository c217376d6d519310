namespace IoTF.PowerShell.Errors;

/// <summary>What failed, as a script's <c>catch</c> gets it.</summary>
public sealed class IoTFException : Exception
{
    /// <summary>Makes an exception.</summary>
    /// <param name="errorId">One of <see cref="ErrorIds"/>.</param>
    /// <param name="message">What failed; full sentences without a secret.</param>
    /// <param name="nextStep">What to check or do next; full sentences.</param>
    /// <param name="code">The code the service gave, if any.</param>
    /// <param name="innerException">The cause that .NET reported, if any.</param>
    public IoTFException(string errorId, string message, string nextStep, int? code = null, Exception? innerException = null)
        : base(message, innerException)
    {
        ErrorId = errorId;
        NextStep = nextStep;
        Code = code;
    }

    /// <summary>The stable identifier, one of <see cref="ErrorIds"/>.</summary>
    public string ErrorId { get; }

    /// <summary>What to check or do next.</summary>
    public string NextStep { get; }

    /// <summary>The CONNACK return code or MQTT 5 reason code that the service gave; null when it gave none.</summary>
    public int? Code { get; }
}
