using IoTF.Client.Sending;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;

namespace IoTF.PowerShell.Messages;

/// <summary>What one <c>Send-</c> cmdlet sends with one session.</summary>
internal sealed class Outbox(
    IoTFSession session, TimeSpan patience, bool wantsAll, Meanwhile meanwhile, Func<ClientIdentity, string?, string?, string, string> makeTopic) : IDisposable
{
    /// <summary>The session.</summary>
    public IoTFSession Session { get; } = session;

    /// <summary>Its messages.</summary>
    public SendBatch Batch { get; } = new(session.Session, patience, wantsAll, meanwhile);

    /// <summary>Its topics.</summary>
    public TopicCache Topics { get; } = new(session.Session.Options, makeTopic);

    /// <summary>Stops following the messages. They stay on their way.</summary>
    public void Dispose() => Batch.Dispose();
}
