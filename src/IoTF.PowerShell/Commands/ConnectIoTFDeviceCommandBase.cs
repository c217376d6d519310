using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Configuration;
using IoTF.Protocol.Credentials;

namespace IoTF.PowerShell.Commands;

/// <summary>What devices and gateways share when they connect: a device type, a device id and a token of their own.</summary>
public abstract class ConnectIoTFDeviceCommandBase : OpenIoTFSessionCommandBase
{
    /// <summary>The device type; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public string? DeviceType { get; set; }

    /// <summary>The device id; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(DeviceIdCompleter))]
    public string? DeviceId { get; set; }

    private protected sealed override bool IsIdentityGiven =>
        Organization is not null && (Certificate is not null || (DeviceType is not null && DeviceId is not null));

    private protected sealed override ConfigurationValues Given() => base.Given() with
    {
        DeviceType = Given(nameof(DeviceType), DeviceType),
        DeviceId = Given(nameof(DeviceId), DeviceId),
    };

    private protected sealed override void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        base.Fill(filling, values);
        filling.Fill(nameof(DeviceType), values.DeviceType, value => DeviceType = value, () => DeviceType = null);
        filling.Fill(nameof(DeviceId), values.DeviceId, value => DeviceId = value, () => DeviceId = null);
    }

    private protected sealed override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;
}
