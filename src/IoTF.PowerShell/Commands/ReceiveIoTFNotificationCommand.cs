using System.Management.Automation;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Selections;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives what the service tells a gateway about messages and subscriptions that it did not accept. A gateway has subscribed to that when
/// it connected. What belongs to a message of <c>Send-IoTFEvent</c> is an error record there as well.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFNotification")]
[OutputType(typeof(IoTFNotification))]
public sealed class ReceiveIoTFNotificationCommand : ReceiveIoTFCommandBase
{
    private protected override Selection Select() => new NotificationSelection();
}
