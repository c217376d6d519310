using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Opens the session of a device and puts it in this runspace's pool.</summary>
[Cmdlet(VerbsCommunications.Connect, "IoTFDevice")]
[OutputType(typeof(IoTFSession))]
public sealed class ConnectIoTFDeviceCommand : ConnectIoTFDeviceCommandBase
{
    private protected override ClientRole Role => ClientRole.Device;

    private protected override ClientIdentity MakeIdentity()
    {
        var organization = FindOrganization(apiKey: null);
        var (deviceType, deviceId) = FindDevice(Role, DeviceType, DeviceId);
        return ClientIdentity.ForDevice(organization, deviceType, deviceId);
    }

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
        identity.IsQuickstart ? [] : [new SubscriptionRequest(DeviceTopics.AllCommands, MessageKind.Command)];

    private protected override string MakeWillTopic(ClientIdentity identity, string eventId, string format) => DeviceTopics.Event(eventId, format);
}
