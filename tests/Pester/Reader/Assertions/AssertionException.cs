namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>What was expected did not hold.</summary>
public sealed class AssertionException : Exception
{
    /// <summary>Initialises the exception.</summary>
    /// <param name="message">What was expected and what was found.</param>
    public AssertionException(string message)
        : base(message)
    {
    }
}
