using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Selections;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives commands: a device's own, those of a gateway and of the devices behind it, or those that an application watches. Devices and
/// gateways have subscribed to theirs when they connected, so nothing is missed; applications begin to watch with the first call.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFCommand")]
[OutputType(typeof(IoTFCommand))]
public sealed class ReceiveIoTFCommandCommand : ReceiveIoTFMessageCommandBase
{
    /// <summary>Only commands with this id.</summary>
    [Parameter(Position = 0)]
    [ArgumentCompleter(typeof(CommandIdCompleter))]
    public string? CommandId { get; set; }

    private protected override Selection Select() => new CommandSelection(CommandId, DeviceType, DeviceId, Format);
}
