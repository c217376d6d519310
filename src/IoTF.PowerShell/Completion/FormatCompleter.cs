using System.Collections;
using IoTF.PowerShell.Payloads;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Completion;

/// <summary>The format words that the module knows, and those that were sent or received.</summary>
internal sealed class FormatCompleter : NameCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Name, string Description)> Names(IDictionary given) =>
        PayloadFormats.Known.Concat(SessionPool.Current.Seen.Formats).Select(static format => (format, $"format {format}"));
}
