using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Selections;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Receives the connection status of devices and gateways, or of applications: who connected, who disconnected and why, who was refused.
/// The first call subscribes, and the service begins with what it knows of the state of each (<c>Retained</c>); later calls go on from there.
/// </summary>
[Cmdlet(VerbsCommunications.Receive, "IoTFStatus", DefaultParameterSetName = DeviceSet)]
[OutputType(typeof(IoTFStatus))]
public sealed class ReceiveIoTFStatusCommand : ReceiveIoTFCommandBase
{
    private const string DeviceSet = "Device";
    private const string ApplicationSet = "Application";

    /// <summary>Only devices and gateways of this type.</summary>
    [Parameter(ParameterSetName = DeviceSet)]
    [Alias("TypeId")]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public string? DeviceType { get; set; }

    /// <summary>Only devices and gateways with this id.</summary>
    [Parameter(ParameterSetName = DeviceSet)]
    [ArgumentCompleter(typeof(DeviceIdCompleter))]
    public string? DeviceId { get; set; }

    /// <summary>Applications, in place of devices and gateways.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ApplicationSet)]
    public SwitchParameter Application { get; set; }

    /// <summary>Only the application with this id.</summary>
    [Parameter(ParameterSetName = ApplicationSet)]
    [Alias("AppId")]
    public string? ApplicationId { get; set; }

    private protected override Selection Select() =>
        Application ? StatusSelection.OfApplications(ApplicationId) : StatusSelection.OfDevices(DeviceType, DeviceId);
}
