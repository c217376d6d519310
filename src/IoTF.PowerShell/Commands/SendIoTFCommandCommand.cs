using System.Management.Automation;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Sends commands from an application to a device.</summary>
[Cmdlet(VerbsCommunications.Send, "IoTFCommand")]
[OutputType(typeof(IoTFReceipt))]
public sealed class SendIoTFCommandCommand : SendIoTFCommandBase
{
    /// <summary>The command id: one topic level, any text without <c>/</c>, <c>+</c> and <c>#</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    public string CommandId { get; set; } = null!;

    private protected override string MessageName => CommandId;

    private protected override IoTFSession ChooseSession(bool hasDevice) => hasDevice
        ? SessionChoice.Choose(Session, static one => one.Session.Options.Identity.IsApplication, "send a command", "an application")
        : throw Refuse(ErrorIds.DeviceNeeded, "A command needs the device that it is for.", "Name it with -DeviceType and -DeviceId.");

    private protected override string MakeTopic(ClientIdentity sender, string format) =>
        LongTopics.Command(DeviceType!, DeviceId!, CommandId, format);
}
