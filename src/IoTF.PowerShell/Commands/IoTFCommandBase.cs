using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Emulator;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Payloads;
using IoTF.Protocol.Rules;

namespace IoTF.PowerShell.Commands;

/// <summary>What all cmdlets share: Ctrl+C, and the translation of trouble into error records.</summary>
public abstract class IoTFCommandBase : PSCmdlet, IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    // Kept, because a pipeline runs it for each of its objects.
    private Action? _process;

    /// <summary>Fires at Ctrl+C, and stays fired: it lives as long as the cmdlet.</summary>
    private protected CancellationToken StopToken => _stop.Token;

    /// <summary>Disposes of what the cmdlet holds.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc/>
    protected sealed override void BeginProcessing() => Run(Begin);

    /// <inheritdoc/>
    protected sealed override void ProcessRecord() => Run(_process ??= Process);

    /// <inheritdoc/>
    protected sealed override void EndProcessing() => Run(End);

    /// <inheritdoc/>
    protected sealed override void StopProcessing() => _stop.Cancel();

    /// <summary>Disposes of what the cmdlet holds.</summary>
    /// <param name="disposing">Whether this is called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stop.Dispose();
        }
    }

    private protected virtual void Begin()
    {
    }

    private protected virtual void Process()
    {
    }

    private protected virtual void End()
    {
    }

    /// <summary>Runs one operation to its end on the pipeline thread.</summary>
    private protected static T Await<T>(Task<T> operation) => operation.GetAwaiter().GetResult();

    /// <summary>Runs one operation to its end on the pipeline thread.</summary>
    private protected static void Await(Task operation) => operation.GetAwaiter().GetResult();

    /// <summary>The error of a cmdlet that cannot do what was asked; thrown, it ends the cmdlet.</summary>
    private protected static IoTFException Refuse(string errorId, string message, string nextStep) => new(errorId, message, nextStep);

    /// <summary>Tells what happened to a session in the background; only the pipeline thread writes.</summary>
    /// <param name="session">The session.</param>
    /// <param name="isLast">Whether the cmdlet will not tell soon again.</param>
    private protected void WriteNotices(Session session, bool isLast = true)
    {
        foreach (var notice in session.TakeNotices(isLast))
        {
            if (notice.Level == NoticeLevel.Warning)
            {
                WriteWarning(notice.Message);
            }
            else
            {
                WriteVerbose(notice.Message);
            }
        }
    }

    /// <summary>The object that an error of the whole cmdlet is about.</summary>
    private protected virtual object? ErrorTarget => null;

    /// <summary>The value that breaks a rule, so that a script that loops over values can tell which one it was.</summary>
    private object? Offending(RuleException violation) => MyInvocation.BoundParameters.GetValueOrDefault(violation.Subject);

    /// <summary>The error record of trouble that the module knows; null for any other exception.</summary>
    private protected ErrorRecord? RecordOf(Exception exception, object? target) => exception switch
    {
        FaultException fault => FaultRecords.Create(fault.Fault, target, fault),
        RuleException violation => FaultRecords.Create(violation, target ?? Offending(violation)),
        ConfigurationException problem => FaultRecords.Create(problem, target),
        PayloadException problem => ErrorRecords.Create(problem, target),
        IoTFException refusal => ErrorRecords.Create(refusal.ErrorId, ErrorCategory.InvalidOperation, refusal.Message, refusal.NextStep, target, refusal),
        EmulatorException trouble => ErrorRecords.Create(
            trouble.ErrorId,
            ErrorCategory.ResourceUnavailable,
            trouble.Message,
            nextStep: "",
            target,
            new IoTFException(trouble.ErrorId, trouble.Message, nextStep: "")),
        _ => null,
    };

    private void Run(Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception) when (RecordOf(exception, ErrorTarget) is { } record)
        {
            ThrowTerminatingError(record);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Ctrl+C is no error: the engine ends the pipeline without a record.
            throw new PipelineStoppedException();
        }
    }
}
