using System.Management.Automation;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;
using IoTF.PowerShell.Sessions;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>Sends commands from an application to devices.</summary>
[Cmdlet(VerbsCommunications.Send, "IoTFCommand")]
[OutputType(typeof(IoTFReceipt))]
public sealed class SendIoTFCommandCommand : SendIoTFCommandBase
{
    /// <summary>The command id: one topic level, any text without <c>/</c>, <c>+</c> and <c>#</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [AllowEmptyString]
    [ArgumentCompleter(typeof(CommandIdCompleter))]
    public string CommandId { get; set; } = null!;

    private protected override MessageKind Kind => MessageKind.Command;

    private protected override string MessageName => CommandId;

    private protected override bool Sends(ClientIdentity piped) => piped.IsApplication;

    private protected override IoTFSession ChooseSession()
    {
        if (DeviceId is null && !MyInvocation.ExpectingInput)
        {
            throw NoDevice();
        }

        return SessionChoice.Choose(WantedSession, static one => one.Session.Options.Identity.IsApplication, "send a command", "an application");
    }

    private protected override void RequireAble(ClientIdentity sender)
    {
        if (DeviceId is null)
        {
            throw NoDevice();
        }
    }

    private protected override string MakeTopic(ClientIdentity sender, in TopicParts parts) =>
        LongTopics.Command(parts.DeviceType!, parts.DeviceId!, parts.Name, parts.Format);

    private static IoTFException NoDevice() =>
        Refuse(ErrorIds.DeviceNeeded, "A command needs a device.", "Name it with -DeviceType and -DeviceId.");
}
