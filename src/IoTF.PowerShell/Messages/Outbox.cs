using IoTF.Client.Sending;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Messages;

/// <summary>What one <c>Send-</c> cmdlet sends with one session.</summary>
internal sealed class Outbox(IoTFSession session, SendBatch batch)
{
    /// <summary>The session.</summary>
    public IoTFSession Session { get; } = session;

    /// <summary>Its messages.</summary>
    public SendBatch Batch { get; } = batch;
}
