using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Faults;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Rules;

namespace IoTF.PowerShell.Errors;

/// <summary>The last of the two translations of trouble: from the session's faults and the service's rules to error records.</summary>
internal static class FaultRecords
{
    /// <summary>The error record of a fault.</summary>
    /// <param name="fault">What happened.</param>
    /// <param name="target">The input or object it happened to.</param>
    /// <param name="cause">The exception it was recognized by.</param>
    internal static ErrorRecord Create(Fault fault, object? target, Exception? cause = null) => ErrorRecords.Create(
        fault.Id,
        CategoryOf(fault.Category),
        fault.Message,
        fault.Advice,
        target,
        new IoTFException(fault.Id, fault.Message, fault.Advice, fault.Code, ForeignCause(cause)));

    /// <summary>The error record of input that breaks a rule of the service.</summary>
    internal static ErrorRecord Create(RuleException violation, object? target)
    {
        // The rule's text ends with the advice already; the record adds it once.
        var problem = violation.Message.EndsWith(violation.Advice, StringComparison.Ordinal)
            ? violation.Message[..^violation.Advice.Length].TrimEnd()
            : violation.Message;
        return ErrorRecords.Create(
            violation.RuleId,
            ErrorCategory.InvalidArgument,
            problem,
            violation.Advice,
            target ?? violation.Subject,
            new IoTFException(violation.RuleId, problem, violation.Advice));
    }

    /// <summary>The error record of a configuration that cannot be used.</summary>
    internal static ErrorRecord Create(ConfigurationException problem, object? target) => ErrorRecords.Create(
        problem.ErrorId,
        problem.ErrorId == ConfigurationErrorId.ConfigurationFileNotFound ? ErrorCategory.ObjectNotFound : ErrorCategory.InvalidData,
        problem.Message,
        problem.Advice,
        target,
        new IoTFException(problem.ErrorId, problem.Message, problem.Advice));

    private static ErrorCategory CategoryOf(FaultCategory category) => category switch
    {
        FaultCategory.Connection => ErrorCategory.ConnectionError,
        FaultCategory.Security => ErrorCategory.SecurityError,
        FaultCategory.Authentication => ErrorCategory.AuthenticationError,
        FaultCategory.Timeout => ErrorCategory.OperationTimeout,
        FaultCategory.Unavailable => ErrorCategory.ResourceUnavailable,
        FaultCategory.Closed => ErrorCategory.ResourceUnavailable,
        _ => ErrorCategory.ProtocolError,
    };

    /// <summary>What .NET reported, without our own types around it: scripts see only types that they can name.</summary>
    private static Exception? ForeignCause(Exception? cause)
    {
        while (cause is FaultException or LinkException)
        {
            cause = cause.InnerException;
        }

        return cause;
    }
}
