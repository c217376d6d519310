using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Reporting;
using IoTF.PowerShell.Selections;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// What the <c>Receive-</c> cmdlets share: messages stream out as they come, until the count, the time or Ctrl+C ends it. A message is
/// acknowledged when the pipeline has taken it, also when it was the last that is wanted (<c>Select-Object -First</c>). One that ends the
/// pipeline with an error, or is at work at Ctrl+C, is not: the next receiver of the session gets it again, and so does, with a persistent
/// session, a script that died over it.
/// </summary>
public abstract class ReceiveIoTFCommandBase : IoTFCommandBase
{
    /// <summary>How long nothing is said while nothing arrives.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    /// <summary>Ends after so many messages; by default without an end.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Ends after this time, however many messages came or wait; a bare number is seconds, 0 takes what waits. Default: no limit.</summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [TimeoutTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>A session, or its name or ClientId with wildcards. Default: the only one that can receive this.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Session { get; set; }

    /// <summary>Which messages, by the parameters.</summary>
    private protected abstract Selection Select();

    private protected sealed override void Begin()
    {
        if (MyInvocation.BoundParameters.TryGetValue("OutBuffer", out var buffered) && buffered is > 0)
        {
            throw Refuse(
                ErrorIds.OutBufferRefused,
                "-OutBuffer would have messages acknowledged that no command has got yet, and they would be lost if the script ended.",
                "Leave -OutBuffer out, also in $PSDefaultParameterValues.");
        }
    }

    private protected sealed override void End()
    {
        var selection = Select();
        var session = selection.ChooseSession(Session);
        var identity = session.Session.Options.Identity;
        var request = selection.MakeRequest(identity);
        TopicRules.RequireMaySubscribe(identity, request.Filter);
        WriteNotices(session.Session);
        var receiver = BeginToReceive(session.Session, request);
        var progress = new ProgressReport(this, $"Receiving '{request.Filter}' for {session.ClientId}");
        try
        {
            WriteVerbose($"Receiving '{request.Filter}' for {session.ClientId}{(Count is null && Timeout is null ? " until Ctrl+C" : "")}.");
            Receive(session, selection, receiver, progress);
        }
        finally
        {
            receiver.Leave();
            progress.End();
        }
    }

    private Receiver BeginToReceive(Client.Sessions.Session session, SubscriptionRequest request) => Await(Count is null && Timeout is null
        ? session.ReceiveAsync(request, StopToken)
        : session.ReceiveBrieflyAsync(request, StopToken));

    private void Receive(IoTFSession session, Selection selection, Receiver receiver, ProgressReport progress)
    {
        var identity = session.Session.Options.Identity;
        var reception = new Reception(receiver, Count, Timeout, session.Session.Clock);
        using var watch = new PipelineWatch();
        while (reception.TryTake(LongestSilence, out var message, StopToken))
        {
            if (message is not null && selection.MakeObject(identity, message) is { } emitted)
            {
                Emit(emitted, message, receiver, watch);
                reception.Counted();
            }
            else
            {
                message?.Consume();
            }

            WriteNotices(session.Session, isLast: false);
            if (progress.IsDue)
            {
                progress.Tell(reception.Count, "received", $"{session.Session.Counters.Waiting:N0} waiting");
            }
        }

        WriteNotices(session.Session);
        if (Timeout is { } limit && !(reception.Count >= Count))
        {
            WriteVerbose($"{reception.Count} messages came within {limit.TotalSeconds:0.###} s.");
        }
    }

    private void Emit(object emitted, ReceivedMessage message, Receiver receiver, PipelineWatch watch)
    {
        var isTaken = false;
        try
        {
            watch.Write(this, emitted, out isTaken);
            isTaken = true;
        }
        finally
        {
            if (isTaken)
            {
                message.Consume();
            }
            else
            {
                // A command behind this one failed over the message, or Ctrl+C came while it worked.
                receiver.PutBack(message);
            }
        }
    }
}
