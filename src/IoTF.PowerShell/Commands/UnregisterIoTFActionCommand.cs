using System.Management.Automation;
using IoTF.PowerShell.Actions;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Commands;

/// <summary>Ends actions. What waits for them stays for the next receiver of the session.</summary>
[Cmdlet(VerbsLifecycle.Unregister, "IoTFAction", SupportsShouldProcess = true, DefaultParameterSetName = NameSet)]
public sealed class UnregisterIoTFActionCommand : IoTFCommandBase
{
    private const string NameSet = "Name";
    private const string ActionSet = "Action";
    private const string SessionSet = "Session";

    /// <summary>Source identifiers, with wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ParameterSetName = NameSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(ActionCompleter))]
    public string[] SourceIdentifier { get; set; } = [];

    /// <summary>Actions, as <c>Register-IoTFAction</c> emits them.</summary>
    [Parameter(Mandatory = true, ValueFromPipeline = true, ParameterSetName = ActionSet)]
    [ValidateNotNull]
    public IoTFAction[] Action { get; set; } = [];

    /// <summary>All actions of a session: the session, or its name or ClientId with wildcards.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SessionSet)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    [ArgumentCompleter(typeof(SessionCompleter))]
    public object? Session { get; set; }

    private protected override void Process()
    {
        foreach (var action in Chosen())
        {
            if (ShouldProcess(action.ToString(), "Unregister"))
            {
                action.Pump.Unsubscribe();
                WriteVerbose($"'{action.SourceIdentifier}' is unregistered; it processed {action.Received:N0} messages, {action.Failed:N0} with an error.");
            }
        }
    }

    private IEnumerable<IoTFAction> Chosen() => ParameterSetName switch
    {
        ActionSet => Action,
        SessionSet => ActionRegistry.Current.All.Where(action => SessionChoice.Candidates(Session).Contains(action.Session)),
        _ => SourceIdentifier.SelectMany(Find).Distinct(),
    };

    private IReadOnlyList<IoTFAction> Find(string name)
    {
        var pattern = WildcardPattern.Get(name, WildcardOptions.IgnoreCase);
        IoTFAction[] found =
        [
            .. ActionRegistry.Current.All.Where(action =>
                pattern.IsMatch(action.SourceIdentifier) || action.SourceIdentifier.Equals(name, StringComparison.OrdinalIgnoreCase)),
        ];
        if (found.Length == 0 && !WildcardPattern.ContainsWildcardCharacters(name))
        {
            WriteError(ErrorRecords.Create(
                ErrorIds.NoAction, ErrorCategory.ObjectNotFound, $"There is no action '{name}'.", "Get-EventSubscriber lists the subscribers of this runspace.", name));
        }

        return found;
    }
}
