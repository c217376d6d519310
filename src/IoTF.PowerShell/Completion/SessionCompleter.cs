using System.Collections;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The names of the sessions in the pool.</summary>
internal sealed class SessionCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        SessionPool.Current.All.Select(static session => (session.Name, session.ToString()));
}
