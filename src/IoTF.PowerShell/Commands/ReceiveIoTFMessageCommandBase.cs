using System.Management.Automation;
using IoTF.PowerShell.Completion;

namespace IoTF.PowerShell.Commands;

/// <summary>What the <c>Receive-</c> cmdlets for the messages of devices share: which devices, and which format.</summary>
public abstract class ReceiveIoTFMessageCommandBase : ReceiveIoTFCommandBase
{
    /// <summary>Only messages of devices of this type.</summary>
    [Parameter]
    [Alias("TypeId")]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public string? DeviceType { get; set; }

    /// <summary>Only messages of devices with this id.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(DeviceIdCompleter))]
    public string? DeviceId { get; set; }

    /// <summary>Only messages with this format word.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(FormatCompleter))]
    public string? Format { get; set; }
}
