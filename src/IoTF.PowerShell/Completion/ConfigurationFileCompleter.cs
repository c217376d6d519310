using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace IoTF.PowerShell.Completion;

/// <summary>Files whose names are those of configuration files of IBM's clients, and folders on the way to them.</summary>
internal sealed class ConfigurationFileCompleter : IArgumentCompleter
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".ini", ".cfg", ".conf", ".properties", ".txt"];

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters) =>
        CompletionCompleters.CompleteFilename(wordToComplete).Where(static one =>
            one.ResultType == CompletionResultType.ProviderContainer
            || Extensions.Contains(Path.GetExtension(one.ListItemText), StringComparer.OrdinalIgnoreCase));
}
