using IoTF.Protocol.Rules;

namespace IoTF.Client.Faults;

/// <summary>What kind of trouble a fault is, for those who sort errors.</summary>
public enum FaultCategory
{
    /// <summary>The network or the connection failed.</summary>
    Connection,

    /// <summary>TLS or a certificate failed.</summary>
    Security,

    /// <summary>The service refused the identity or its credentials.</summary>
    Authentication,

    /// <summary>Something took longer than was allowed.</summary>
    Timeout,

    /// <summary>The service is there but does not serve.</summary>
    Unavailable,

    /// <summary>The other end broke the rules of MQTT, or refused what was sent.</summary>
    Protocol,

    /// <summary>The session is closed.</summary>
    Closed,
}

/// <summary>One network or protocol outcome in the terms of IoTF: the only shape in which trouble leaves a session.</summary>
/// <param name="Id">A stable id in PascalCase, one of <see cref="FaultIds"/>.</param>
/// <param name="Category">What kind of trouble it is.</param>
/// <param name="Message">What failed, for whom, with the code: whole sentences, never a secret.</param>
/// <param name="Advice">What to check or do next: whole sentences.</param>
/// <param name="Code">The CONNACK return code or MQTT 5 reason code; null when there is none.</param>
/// <param name="IsPermanent">Whether trying again without a change fails again.</param>
public sealed record Fault(
    string Id, FaultCategory Category, string Message, string Advice, int? Code = null, bool IsPermanent = false)
{
    // The one place through which everything passes that a server, a certificate or a proxy says of itself: no escape codes and line breaks beyond it.
    /// <summary>What failed, for whom, with the code: whole sentences, never a secret.</summary>
    public string Message { get; init; } = Quotation.Harmless(Message);

    /// <summary>What to do next: whole sentences.</summary>
    public string Advice { get; init; } = Quotation.Harmless(Advice);
}

/// <summary>An operation of a session failed.</summary>
public sealed class FaultException : Exception
{
    /// <summary>An exception for a fault.</summary>
    public FaultException(Fault fault, Exception? innerException = null)
        : base(fault.Message, innerException) => Fault = fault;

    /// <summary>What happened.</summary>
    public Fault Fault { get; }
}
