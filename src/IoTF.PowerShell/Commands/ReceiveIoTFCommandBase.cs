using System.Management.Automation;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Mqtt.Topics;
using IoTF.PowerShell.Messages;
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
    /// <summary>Only messages of devices of this type.</summary>
    [Parameter]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>Only messages of devices with this id.</summary>
    [Parameter]
    public string? DeviceId { get; set; }

    /// <summary>Only messages with this format word.</summary>
    [Parameter]
    public string? Format { get; set; }

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

    /// <summary>What has to be subscribed for what was asked.</summary>
    private protected abstract SubscriptionRequest MakeRequest(ClientIdentity receiver);

    /// <summary>Whether a message of the subscription is one of those that were asked for; null when all are.</summary>
    private protected abstract Func<MessageTopic, bool>? MakeFilter(ClientIdentity receiver);

    private protected abstract IoTFMessage MakeMessage(ClientIdentity receiver, in MessageTopic topic, ReceivedMessage message);

    private protected sealed override void End()
    {
        var session = ChooseSession();
        var identity = session.Session.Options.Identity;
        var request = MakeRequest(identity);
        TopicRules.RequireMaySubscribe(identity, request.Filter);
        WriteNotices(session.Session);
        var started = TimeProvider.System.GetTimestamp();
        var reception = BeginToReceive(session.Session, request);
        try
        {
            WriteVerbose($"Receiving '{request.Filter}' for {session.ClientId}{(Count is null && Timeout is null ? " until Ctrl+C" : "")}.");
            Receive(session, MakeReader(session, request, reception), started);
        }
        finally
        {
            reception.Subscription.Leave();
        }
    }

    private Reception BeginToReceive(Client.Sessions.Session session, SubscriptionRequest request) => Count is null && Timeout is null
        ? new Reception(Await(session.ReceiveAsync(request, StopToken)), MustSelect: false)
        : Await(session.ReceiveBrieflyAsync(request, StopToken));

    private InboxReader MakeReader(IoTFSession session, SubscriptionRequest request, Reception reception)
    {
        var identity = session.Session.Options.Identity;
        var inbox = reception.Subscription.Inbox;
        if (reception.MustSelect)
        {
            // A persistent session is never told that a message was dealt with when it was only passed over.
            return new InboxReader(inbox, message => TopicFilter.Matches(request.Filter, message.Topic), setsAside: !session.Persistent);
        }

        var filter = MakeFilter(identity);
        return new InboxReader(inbox, filter is null ? null : message => filter(ParseTopic(message.Topic)), setsAside: false);
    }

    private void Receive(IoTFSession session, InboxReader reader, long started)
    {
        var identity = session.Session.Options.Identity;
        for (var received = 0; received < (Count ?? int.MaxValue) || Count is null; received++)
        {
            var left = Timeout is { } limit ? limit - TimeProvider.System.GetElapsedTime(started) : System.Threading.Timeout.InfiniteTimeSpan;
            if (Timeout is not null && left < TimeSpan.Zero)
            {
                left = TimeSpan.Zero;
            }

            if (reader.Take(left, StopToken) is not { } message)
            {
                WriteVerbose($"{received} messages came within {Timeout!.Value.TotalSeconds:0.###} s.");
                break;
            }

            Emit(MakeMessage(identity, ParseTopic(message.Topic), message), message, reader);
            WriteNotices(session.Session);
        }
    }

    private void Emit(IoTFMessage emitted, ReceivedMessage message, InboxReader reader)
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
            reader.PutBack(message);
            throw;
        }

        message.Consume();
    }

    private static MessageTopic ParseTopic(string topic) => MessageTopic.TryParse(topic, out var parsed) ? parsed : default;
}
