using System.Management.Automation;
using IoTF.Client.Receiving;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Opens the session of a gateway and puts it in this runspace's pool.</summary>
/// <remarks>
/// The commands to the gateway and to all devices behind it are subscribed at connect, and so are the service's notifications: a gateway misses
/// nothing, whichever device is attached to it later.
/// </remarks>
[Cmdlet(VerbsCommunications.Connect, "IoTFGateway")]
[OutputType(typeof(IoTFSession))]
public sealed class ConnectIoTFGatewayCommand : ConnectIoTFDeviceCommandBase
{
    private protected override ClientRole Role => ClientRole.Gateway;

    private protected override ClientIdentity MakeIdentity()
    {
        var organization = FindOrganization(apiKey: null);
        var (deviceType, deviceId) = FindDevice(Role, DeviceType, DeviceId);
        return ClientIdentity.ForGateway(organization, deviceType, deviceId);
    }

    private protected override IReadOnlyList<SubscriptionRequest> MakeSubscriptions(ClientIdentity identity) =>
    [
        new SubscriptionRequest(LongTopics.CommandFilter(deviceType: null, deviceId: null, commandId: null, format: null), MessageKind.Command),
        new SubscriptionRequest(LongTopics.NotificationTopic(identity.DeviceType!, identity.DeviceId!), MessageKind.Notification),
    ];

    private protected override string MakeWillTopic(ClientIdentity identity, string eventId, string format) =>
        LongTopics.Event(identity.DeviceType!, identity.DeviceId!, eventId, format);
}
