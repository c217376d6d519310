using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Errors;
using IoTF.Protocol.Credentials;

namespace IoTF.PowerShell.Commands;

/// <summary>What devices and gateways share when they connect: a device type, a device id and a token of their own.</summary>
public abstract class ConnectIoTFDeviceCommandBase : ConnectIoTFCommandBase
{
    /// <summary>The device type.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    [ValidateNotNullOrEmpty]
    public string? DeviceType { get; set; }

    /// <summary>The device id.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [ValidateNotNullOrEmpty]
    public string? DeviceId { get; set; }

    private protected string RequiredOrganization => Organization
        ?? throw Refuse(ErrorIds.OrganizationNeeded, "The organisation was not given.", Ways("-Organization", "identity.orgId", "WIOTP_IDENTITY_ORGID"));

    private protected string RequiredDeviceType => DeviceType
        ?? throw Refuse(ErrorIds.DeviceNeeded, "The device type was not given.", Ways("-DeviceType", "identity.typeId", "WIOTP_IDENTITY_TYPEID"));

    private protected string RequiredDeviceId => DeviceId
        ?? throw Refuse(ErrorIds.DeviceNeeded, "The device id was not given.", Ways("-DeviceId", "identity.deviceId", "WIOTP_IDENTITY_DEVICEID"));

    private protected sealed override bool IsIdentityGiven => Organization is not null && DeviceType is not null && DeviceId is not null;

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
