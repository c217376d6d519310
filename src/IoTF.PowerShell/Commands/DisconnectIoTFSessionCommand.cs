using System.Management.Automation;
using IoTF.Client.Sending;
using IoTF.PowerShell.Actions;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Commands;

/// <summary>Disconnects sessions: delivers what is pending, reports what could not be delivered, sends DISCONNECT.</summary>
[Cmdlet(VerbsCommunications.Disconnect, "IoTFSession", SupportsShouldProcess = true)]
public sealed class DisconnectIoTFSessionCommand : IoTFCommandBase
{
    private readonly List<IoTFSession> _sessions = [];

    /// <summary>Sessions, or names or ClientIds with wildcards. Default: the only one in the pool.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object[]? Session { get; set; }

    /// <summary>How long what is pending may take. Default: 30 seconds.</summary>
    [Parameter]
    [TimeoutTransformation]
    public TimeSpan TimeoutSec { get; set; } = TimeSpan.FromSeconds(30);

    private protected override void Process()
    {
        if (Session is null)
        {
            _sessions.Add(OnlySession());
            return;
        }

        foreach (var wanted in Session)
        {
            IReadOnlyList<IoTFSession> found;
            try
            {
                found = SessionChoice.Candidates(wanted);
            }
            catch (IoTFException exception)
            {
                // One value that is no session must not keep the others connected.
                WriteError(ErrorRecords.Create(
                    exception.ErrorId, ErrorCategory.InvalidArgument, exception.Message, exception.NextStep, wanted, exception));
                continue;
            }

            if (found.Count == 0 && !WildcardPattern.ContainsWildcardCharacters(wanted.ToString()))
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.NoSession, ErrorCategory.ObjectNotFound, $"There is no session '{wanted}'.", "Get-IoTFSession lists the sessions of this runspace.", wanted));
            }

            _sessions.AddRange(found);
        }
    }

    private protected override void End()
    {
        // Together, so that one silent service does not keep the others waiting.
        var closing = _sessions.Distinct()
            .Where(session => ShouldProcess(session.ToString(), "Disconnect"))
            .Select(session => (Session: session, End: Close(session)))
            .ToList();
        foreach (var (session, end) in closing)
        {
            var unconfirmed = Await(end.WaitAsync(StopToken));
            SessionPool.Current.Remove(session);
            WriteNotices(session.Session);
            foreach (var message in unconfirmed)
            {
                WriteError(ErrorRecords.Create(
                    ErrorIds.NotConfirmed,
                    ErrorCategory.OperationTimeout,
                    $"{session.ClientId} was disconnected before a message to '{message.Topic}' was acknowledged.",
                    "It may have arrived. Resend it if duplicates are acceptable.",
                    message.Input));
            }

            WriteVerbose($"{session.ClientId} is disconnected from {session.HostName}.");
        }
    }

    private Task<IReadOnlyList<PendingMessage>> Close(IoTFSession session)
    {
        // While the connection is still there to acknowledge what they have worked on.
        ActionRegistry.Current.End(session);
        return session.Session.CloseAsync(TimeoutSec);
    }

    private static IoTFSession OnlySession()
    {
        var all = SessionPool.Current.All;
        return all.Count switch
        {
            1 => all[0],
            0 => throw Refuse(ErrorIds.NoSession, "This runspace has no session.", "Nothing needs to be done."),
            _ => throw Refuse(
                ErrorIds.SeveralSessions,
                $"This runspace has {all.Count} sessions: {string.Join(", ", all.Select(session => session.Name))}.",
                "Select one with -Session, or disconnect all with Get-IoTFSession | Disconnect-IoTFSession."),
        };
    }
}
