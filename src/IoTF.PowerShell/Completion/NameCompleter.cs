using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Text.RegularExpressions;

namespace IoTF.PowerShell.Completion;

/// <summary>Completes an argument with names that are in memory already: nothing is asked of the service.</summary>
internal abstract partial class NameCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var begun = wordToComplete.Trim('\'', '"');
        return Names(fakeBoundParameters)
            .Where(one => one.Name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))

            // Names come from strangers, too; what would break the line is not put into it.
            .Where(static one => !one.Name.Any(char.IsControl))
            .DistinctBy(static one => one.Name, StringComparer.Ordinal)
            .OrderBy(static one => one.Name, StringComparer.OrdinalIgnoreCase)
            .Select(static one => new CompletionResult(Quote(one.Name), one.Name, CompletionResultType.ParameterValue, one.Description));
    }

    /// <summary>The names, each with what is shown beside it.</summary>
    /// <param name="given">The parameters that the line has already.</param>
    protected abstract IEnumerable<(string Name, string Description)> Names(IDictionary given);

    /// <summary>A text as it stands on a command line.</summary>
    internal static string Quote(string name) =>
        PlainWord().IsMatch(name) ? name : $"'{CodeGeneration.EscapeSingleQuotedStringContent(name)}'";

    [GeneratedRegex(@"^[A-Za-z_./\\~][A-Za-z0-9_./\\:-]*\z")]
    private static partial Regex PlainWord();
}
