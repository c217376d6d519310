using System.Collections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The ids of commands that were sent or received.</summary>
internal sealed class CommandIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        SessionPool.Current.Seen.CommandIds.Select(static id => (id, $"command {id}"));
}
