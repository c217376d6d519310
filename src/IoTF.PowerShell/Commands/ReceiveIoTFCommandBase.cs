using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Reporting;
using IoTF.PowerShell.Selections;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// What the <c>Receive-</c> cmdlets share: messages stream out as they come, until the count, the time or Ctrl+C ends it. A message is
/// acknowledged when the pipeline has taken it. One that ends the pipeline with an error, or is at work at Ctrl+C, is not: the next
/// receiver of the session gets it again, and so does, with a persistent session, a script that died over it.
/// </summary>
public abstract class ReceiveIoTFCommandBase : IoTFCommandBase
{
    /// <summary>How long nothing is said while nothing arrives.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    /// <summary>Ends after so many messages; without an end unless given.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int? Count { get; set; }

    /// <summary>Ends after this time, however many messages came; a bare number is seconds. Without an end unless given.</summary>
    [Parameter]
    [Alias("TimeoutSec")]
    [TimeoutTransformation]
    public TimeSpan? Timeout { get; set; }

    /// <summary>A session, or its name or ClientId with wildcards; the only one that can receive this unless given.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Session { get; set; }

    /// <summary>Which messages, by the parameters.</summary>
    private protected abstract Selection Select();

    private protected sealed override void End()
    {
        var selection = Select();
        var session = selection.ChooseSession(Session);
        var identity = session.Session.Options.Identity;
        var request = selection.MakeRequest(identity);
        TopicRules.RequireMaySubscribe(identity, request.Filter);
        WriteNotices(session.Session);
        var started = TimeProvider.System.GetTimestamp();
        var receiver = BeginToReceive(session.Session, request);
        var progress = new ProgressReport(this, $"Receiving '{request.Filter}' for {session.ClientId}");
        try
        {
            WriteVerbose($"Receiving '{request.Filter}' for {session.ClientId}{(Count is null && Timeout is null ? " until Ctrl+C" : "")}.");
            Receive(session, selection, receiver, progress, started);
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

    private void Receive(IoTFSession session, Selection selection, Receiver receiver, ProgressReport progress, long started)
    {
        var identity = session.Session.Options.Identity;
        for (var received = 0; received < (Count ?? int.MaxValue) || Count is null;)
        {
            var left = Timeout is { } limit ? limit - TimeProvider.System.GetElapsedTime(started) : TimeSpan.MaxValue;
            if (left < TimeSpan.Zero)
            {
                left = TimeSpan.Zero;
            }

            var message = receiver.Take(left < LongestSilence ? left : LongestSilence, StopToken);
            if (message is null && left <= LongestSilence)
            {
                WriteVerbose($"{received} messages came within {Timeout!.Value.TotalSeconds:0.###} s.");
                break;
            }

            if (message is not null && selection.MakeObject(identity, message) is { } emitted)
            {
                Emit(emitted, message, receiver);
                received++;
            }
            else
            {
                message?.Consume();
            }

            WriteNotices(session.Session);
            if (progress.IsDue)
            {
                progress.Tell(received, "received", $"{session.Session.Counters.Waiting:N0} waiting");
            }
        }
    }

    private void Emit(object emitted, ReceivedMessage message, Receiver receiver)
    {
        try
        {
            WriteObject(emitted);
        }
        catch (FlowControlException)
        {
            // Select-Object -First, break, return: the pipeline has taken the message and wants no more.
            message.Consume();
            throw;
        }
        catch
        {
            // A script block failed over the message, or Ctrl+C came while it worked.
            receiver.PutBack(message);
            throw;
        }

        message.Consume();
    }
}
