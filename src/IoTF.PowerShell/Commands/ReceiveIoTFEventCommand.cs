using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Selections;

namespace IoTF.PowerShell.Commands;

/// <summary>Receives the events of devices, as an application.</summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFEvent")]
[OutputType(typeof(IoTFEvent))]
public sealed class ReceiveIoTFEventCommand : ReceiveIoTFMessageCommandBase
{
    /// <summary>Only events with this id.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(EventIdCompleter))]
    public string? EventId { get; set; }

    private protected override Selection Select() => new EventSelection(EventId, DeviceType, DeviceId, Format);
}
