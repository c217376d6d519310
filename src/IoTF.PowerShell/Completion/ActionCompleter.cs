using System.Collections;
using IoTF.PowerShell.Actions;

namespace IoTF.PowerShell.Completion;

/// <summary>The source identifiers of the actions of the runspace.</summary>
internal sealed class ActionCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        ActionRegistry.Current.All.Select(static action => (action.SourceIdentifier, action.ToString()));
}
