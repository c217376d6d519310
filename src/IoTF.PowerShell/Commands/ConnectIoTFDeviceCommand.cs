using System.Management.Automation;
using IoTF.Client.Configuration;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Configuration;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Opens the session of a device and puts it in this runspace's pool.</summary>
[Cmdlet(VerbsCommunications.Connect, "IoTFDevice")]
[OutputType(typeof(IoTFSession))]
public sealed class ConnectIoTFDeviceCommand : ConnectIoTFCommandBase
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

    private protected override ClientRole Role => ClientRole.Device;

    private protected override bool IsIdentityGiven => Organization is not null && DeviceType is not null && DeviceId is not null;

    private protected override ConfigurationValues Given() => base.Given() with
    {
        DeviceType = Given(nameof(DeviceType), DeviceType),
        DeviceId = Given(nameof(DeviceId), DeviceId),
    };

    private protected override void Fill(ParameterFilling filling, ConfigurationValues values)
    {
        base.Fill(filling, values);
        filling.Fill(nameof(DeviceType), values.DeviceType, value => DeviceType = value, () => DeviceType = null);
        filling.Fill(nameof(DeviceId), values.DeviceId, value => DeviceId = value, () => DeviceId = null);
    }

    private protected override ClientIdentity MakeIdentity() => ClientIdentity.ForDevice(
        Organization ?? throw Refuse(
            ErrorIds.OrganizationNeeded, "The organisation was not given.", Ways("-Organization", "identity.orgId", "WIOTP_IDENTITY_ORGID")),
        DeviceType ?? throw Refuse(ErrorIds.DeviceNeeded, "The device type was not given.", Ways("-DeviceType", "identity.typeId", "WIOTP_IDENTITY_TYPEID")),
        DeviceId ?? throw Refuse(ErrorIds.DeviceNeeded, "The device id was not given.", Ways("-DeviceId", "identity.deviceId", "WIOTP_IDENTITY_DEVICEID")));

    private protected override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
        identity.IsQuickstart ? [] : [new SubscriptionRequest(DeviceTopics.AllCommands, MessageKind.Command)];
}
