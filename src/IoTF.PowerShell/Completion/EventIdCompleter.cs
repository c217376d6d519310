using System.Collections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The ids of events that were sent or received.</summary>
internal sealed class EventIdCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        SessionPool.Current.Seen.EventIds.Select(static id => (id, $"event {id}"));
}
