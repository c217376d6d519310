using System.Management.Automation;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Parameters;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// What the <c>Receive-</c> cmdlets share: messages stream out as they come, until the count, the time or Ctrl+C ends it. A message is
/// acknowledged when the pipeline has taken it. One that ends the pipeline with an error, or is at work at Ctrl+C, is not: the next
/// receiver of the session gets it again, and so does, with a persistent session, a script that died over it.
/// </summary>
public abstract class ReceiveIoTFCommandBase : IoTFCommandBase
{
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
    public object? Session { get; set; }

    private protected abstract IoTFSession ChooseSession();

    /// <summary>What is asked for, as a filter that the identity may use: the service selects, or the session where it gets more anyway.</summary>
    private protected abstract SubscriptionRequest MakeRequest(ClientIdentity receiver);

    /// <summary>What is emitted for a message; null for one that says nothing.</summary>
    private protected abstract object? MakeObject(ClientIdentity receiver, ReceivedMessage message);

    private protected sealed override void End()
    {
        var session = ChooseSession();
        var identity = session.Session.Options.Identity;
        var request = MakeRequest(identity);
        TopicRules.RequireMaySubscribe(identity, request.Filter);
        WriteNotices(session.Session);
        var started = TimeProvider.System.GetTimestamp();
        var receiver = BeginToReceive(session.Session, request);
        try
        {
            WriteVerbose($"Receiving '{request.Filter}' for {session.ClientId}{(Count is null && Timeout is null ? " until Ctrl+C" : "")}.");
            Receive(session, receiver, started);
        }
        finally
        {
            receiver.Leave();
        }
    }

    /// <summary>What a topic says; nothing when it has no known shape.</summary>
    private protected static MessageTopic ParseTopic(string topic) => MessageTopic.TryParse(topic, out var parsed) ? parsed : default;

    private Receiver BeginToReceive(Client.Sessions.Session session, SubscriptionRequest request) => Await(Count is null && Timeout is null
        ? session.ReceiveAsync(request, StopToken)
        : session.ReceiveBrieflyAsync(request, StopToken));

    private void Receive(IoTFSession session, Receiver receiver, long started)
    {
        var identity = session.Session.Options.Identity;
        for (var received = 0; received < (Count ?? int.MaxValue) || Count is null;)
        {
            var left = Timeout is { } limit ? limit - TimeProvider.System.GetElapsedTime(started) : System.Threading.Timeout.InfiniteTimeSpan;
            if (Timeout is not null && left < TimeSpan.Zero)
            {
                left = TimeSpan.Zero;
            }

            if (receiver.Take(left, StopToken) is not { } message)
            {
                WriteVerbose($"{received} messages came within {Timeout!.Value.TotalSeconds:0.###} s.");
                break;
            }

            if (MakeObject(identity, message) is { } emitted)
            {
                Emit(emitted, message, receiver);
                received++;
            }
            else
            {
                message.Consume();
            }

            WriteNotices(session.Session);
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
