using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Sends events: of the device or gateway whose session it is, or, by gateways and applications, of the device that is named. A session of a
/// device speaks for that device alone: an event that names another is an error, and is not sent.
/// </summary>
[Cmdlet(VerbsCommunications.Send, "IoTFEvent")]
[OutputType(typeof(IoTFReceipt))]
public sealed class SendIoTFEventCommand : SendIoTFCommandBase
{
    private const string Others = "a gateway or an application";

    /// <summary>The event id: one topic level, any text without <c>/</c>, <c>+</c> and <c>#</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(EventIdCompleter))]
    public string EventId { get; set; } = null!;

    private protected override MessageKind Kind => MessageKind.Event;

    private protected override string MessageName => EventId;

    private protected override IoTFSession ChooseSession() => DeviceId is not null
        ? SessionChoice.Choose(WantedSession, one => IsAble(one.Session.Options.Identity), "send an event of another device", Others)
        : SessionChoice.Choose(
            WantedSession,
            one => IsAble(one.Session.Options.Identity),
            "send without -DeviceId",
            "a device or a gateway");

    private protected override void RequireAble(ClientIdentity sender)
    {
        if (IsAble(sender))
        {
            return;
        }

        throw sender.Role == ClientRole.Device
            ? Refuse(ErrorIds.RoleCannot, $"{sender.ClientId} is a device and cannot send an event of {DeviceType}/{DeviceId}; that requires {Others}.", "Use a session of that role.")
            : Refuse(ErrorIds.DeviceNeeded, $"{sender.ClientId} sends events of devices, and this event names no device.", "Name it with -DeviceType and -DeviceId.");
    }

    private protected override string MakeTopic(ClientIdentity sender, in TopicParts parts) => sender.Role == ClientRole.Device
        ? DeviceTopics.Event(parts.Name, parts.Format)
        : LongTopics.Event(parts.DeviceType ?? sender.DeviceType!, parts.DeviceId ?? sender.DeviceId!, parts.Name, parts.Format);

    private bool IsAble(ClientIdentity sender) => sender.Role switch
    {
        ClientRole.Device => DeviceId is null || (DeviceId == sender.DeviceId && DeviceType == sender.DeviceType),
        ClientRole.Gateway => true,
        _ => DeviceId is not null,
    };
}
