using System.Management.Automation;
using IoTF.Client.Receiving;
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
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string DeviceType { get; set; } = null!;

    /// <summary>The device id.</summary>
    [Parameter(Mandatory = true, ValueFromPipelineByPropertyName = true)]
    public string DeviceId { get; set; } = null!;

    private protected override ClientIdentity MakeIdentity() => ClientIdentity.ForDevice(
        Organization ?? throw Refuse(ErrorIds.OrganizationNeeded, "The organisation was not given.", "Give it with -Organization."), DeviceType, DeviceId);

    private protected override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
        identity.IsQuickstart ? [] : [new SubscriptionRequest(DeviceTopics.AllCommands, MessageKind.Command)];
}
