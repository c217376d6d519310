using System.Management.Automation;
using IoTF.Protocol.Credentials;

namespace IoTF.PowerShell.Commands;

/// <summary>What devices and gateways share when they connect: a device type, a device id and a token of their own.</summary>
public abstract class ConnectIoTFDeviceCommandBase : ConnectIoTFCommandBase
{
    /// <summary>The device type; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>The device id; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DeviceId { get; set; }

    private protected sealed override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;
}
