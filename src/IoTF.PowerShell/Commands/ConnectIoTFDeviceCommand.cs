using System.Management.Automation;
using IoTF.Client.Receiving;
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
    /// <summary>The device type; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("TypeId")]
    public string? DeviceType { get; set; }

    /// <summary>The device id; needed unless a client certificate names it.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? DeviceId { get; set; }

    private protected override ClientIdentity MakeIdentity()
    {
        var organization = FindOrganization(apiKey: null);
        var (deviceType, deviceId) = FindDevice(ClientRole.Device, DeviceType, DeviceId);
        return ClientIdentity.ForDevice(organization, deviceType, deviceId);
    }

    private protected override string MakeUserName(string? credentialUserName) => UserNames.UseTokenAuth;

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
        identity.IsQuickstart ? [] : [new SubscriptionRequest(DeviceTopics.AllCommands, MessageKind.Command)];
}
