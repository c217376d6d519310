using System.Management.Automation;
using IoTF.PowerShell.Errors;
using IoTF.Protocol.Credentials;

namespace IoTF.PowerShell.Commands;

/// <summary>What devices and gateways share when they connect: a device type, a device id and a token of their own.</summary>
public abstract class ConnectIoTFDeviceCommandBase : ConnectIoTFCommandBase
{
    /// <summary>The device type.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string DeviceType { get; set; } = null!;

    /// <summary>The device id.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string DeviceId { get; set; } = null!;

    private protected string RequiredOrganization =>
        Organization ?? throw Refuse(ErrorIds.OrganizationNeeded, "The organisation was not given.", "Give it with -Organization.");

    private protected sealed override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;
}
