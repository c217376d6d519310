namespace IoTF.Client.Configuration;

/// <summary>A configuration cannot be used. Its message names the key and where it stands, and never a secret.</summary>
public sealed class ConfigurationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="errorId">One of <see cref="ConfigurationErrorId"/>.</param>
    /// <param name="message">What is wrong and where; full sentences without a secret.</param>
    /// <param name="advice">What to do next; full sentences.</param>
    public ConfigurationException(string errorId, string message, string advice)
        : base(message)
    {
        ErrorId = errorId;
        Advice = advice;
    }

    /// <summary>The stable id, one of <see cref="ConfigurationErrorId"/>.</summary>
    public string ErrorId { get; }

    /// <summary>What to do next.</summary>
    public string Advice { get; }
}
