using System.Management.Automation;
using IoTF.PowerShell.Actions;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Selections;
using IoTF.Protocol.Topics;

namespace IoTF.PowerShell.Commands;

/// <summary>
/// Runs a script block for each message, through the event queue of PowerShell: between the statements of a script, or at the prompt while
/// nothing runs. One message at a time; it is acknowledged when the script block has run.
/// </summary>
[Cmdlet(VerbsLifecycle.Register, "IoTFAction")]
[OutputType(typeof(IoTFAction))]
public sealed class RegisterIoTFActionCommand : IoTFCommandBase
{
    private const string EventSet = "Event";
    private const string CommandSet = "Command";
    private const string StatusSet = "Status";
    private const string ApplicationStatusSet = "ApplicationStatus";

    /// <summary>What is run. <c>$EventArgs</c> is the message, <c>$Sender</c> the session, <c>$Event.MessageData</c> what <c>-MessageData</c> gave.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Action { get; set; } = null!;

    /// <summary>For the events of devices, as an application.</summary>
    [Parameter(Mandatory = true, ParameterSetName = EventSet)]
    public SwitchParameter Event { get; set; }

    /// <summary>For commands.</summary>
    [Parameter(Mandatory = true, ParameterSetName = CommandSet)]
    public SwitchParameter Command { get; set; }

    /// <summary>For the connection status of devices and gateways, as an application.</summary>
    [Parameter(Mandatory = true, ParameterSetName = StatusSet)]
    [Parameter(Mandatory = true, ParameterSetName = ApplicationStatusSet)]
    public SwitchParameter Status { get; set; }

    /// <summary>Only events with this id.</summary>
    [Parameter(ParameterSetName = EventSet)]
    [ArgumentCompleter(typeof(EventIdCompleter))]
    public string? EventId { get; set; }

    /// <summary>Only commands with this id.</summary>
    [Parameter(ParameterSetName = CommandSet)]
    [ArgumentCompleter(typeof(CommandIdCompleter))]
    public string? CommandId { get; set; }

    /// <summary>Only messages about devices of this type.</summary>
    [Parameter(ParameterSetName = EventSet)]
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = StatusSet)]
    [Alias("TypeId")]
    [ArgumentCompleter(typeof(DeviceTypeCompleter))]
    public string? DeviceType { get; set; }

    /// <summary>Only messages about devices with this id.</summary>
    [Parameter(ParameterSetName = EventSet)]
    [Parameter(ParameterSetName = CommandSet)]
    [Parameter(ParameterSetName = StatusSet)]
    [ArgumentCompleter(typeof(DeviceIdCompleter))]
    public string? DeviceId { get; set; }

    /// <summary>Only messages with this format word.</summary>
    [Parameter(ParameterSetName = EventSet)]
    [Parameter(ParameterSetName = CommandSet)]
    [ArgumentCompleter(typeof(FormatCompleter))]
    public string? Format { get; set; }

    /// <summary>The status of applications, in place of devices and gateways.</summary>
    [Parameter(Mandatory = true, ParameterSetName = ApplicationStatusSet)]
    public SwitchParameter Application { get; set; }

    /// <summary>Only the application with this id.</summary>
    [Parameter(ParameterSetName = ApplicationStatusSet)]
    [Alias("AppId")]
    public string? ApplicationId { get; set; }

    /// <summary>A session, or its name or ClientId with wildcards. Default: the only one that can receive this.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Session { get; set; }

    /// <summary>The name among the subscribers of the runspace. Default: <c>IoTFAction</c> and a number.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SourceIdentifier { get; set; }

    /// <summary>Whatever the action needs: it does not see the variables of the script that registers it.</summary>
    [Parameter]
    [AllowNull]
    public PSObject? MessageData { get; set; }

    private protected override void End()
    {
        var selection = Select();
        var session = selection.ChooseSession(Session);
        var identity = session.Session.Options.Identity;
        var request = selection.MakeRequest(identity);
        TopicRules.RequireMaySubscribe(identity, request.Filter);
        var registry = ActionRegistry.Current;
        var name = SourceIdentifier ?? registry.MakeName(Events);
        registry.Release(name);
        RequireFreeName(name);
        WriteNotices(session.Session);
        var receiver = Await(session.Session.ReceiveAsync(request, StopToken));
        ActionPump pump;
        try
        {
            pump = new ActionPump(session, selection, receiver, Events, name, Action, MessageData);
        }
        catch
        {
            receiver.Leave();
            throw;
        }

        var action = new IoTFAction(name, session, request.Filter, Action, pump);
        registry.Start(action);
        WriteObject(action);
    }

    private Selection Select() => ParameterSetName switch
    {
        EventSet => new EventSelection(EventId, DeviceType, DeviceId, Format),
        CommandSet => new CommandSelection(CommandId, DeviceType, DeviceId, Format),
        StatusSet => StatusSelection.OfDevices(DeviceType, DeviceId),
        _ => StatusSelection.OfApplications(ApplicationId),
    };

    private void RequireFreeName(string name)
    {
        if (name.StartsWith("PowerShell.", StringComparison.OrdinalIgnoreCase))
        {
            throw Refuse(ErrorIds.SourceIdentifierInUse, $"'{name}' is reserved for events of PowerShell.", "Use another -SourceIdentifier, or omit it.");
        }

        if (Events.GetEventSubscribers(name).Any())
        {
            throw Refuse(
                ErrorIds.SourceIdentifierInUse,
                $"A subscriber with the source identifier '{name}' exists already.",
                "Use another -SourceIdentifier, or end that one with Unregister-IoTFAction or Unregister-Event.");
        }
    }
}
