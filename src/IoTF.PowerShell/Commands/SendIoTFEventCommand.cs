using System.Management.Automation;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Sends events: of the device whose session it is, or, by gateways and applications, of the device that is named.</summary>
[Cmdlet(VerbsCommunications.Send, "IoTFEvent")]
[OutputType(typeof(IoTFReceipt))]
public sealed class SendIoTFEventCommand : SendIoTFCommandBase
{
    /// <summary>The event id: one topic level, any text without <c>/</c>, <c>+</c> and <c>#</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    public string EventId { get; set; } = null!;

    private protected override string MessageName => EventId;

    private protected override IoTFSession ChooseSession(bool hasDevice) => hasDevice
        ? SessionChoice.Choose(Session, static one => !IsDevice(one), "send an event of another device", "a gateway or an application")
        : SessionChoice.Choose(
            Session, static one => !one.Session.Options.Identity.IsApplication, "send an event of its own", "a device or a gateway (or -DeviceType and -DeviceId)");

    private protected override string MakeTopic(ClientIdentity sender, string format) => sender.Role == ClientRole.Device
        ? DeviceTopics.Event(EventId, format)
        : LongTopics.Event(DeviceType ?? sender.DeviceType!, DeviceId ?? sender.DeviceId!, EventId, format);

    private static bool IsDevice(IoTFSession session) => session.Session.Options.Identity.Role == ClientRole.Device;
}
