using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;

namespace IoTF.PowerShell.Completion;

/// <summary>Files whose names are those of configuration files of IBM's clients, and folders on the way to them.</summary>
internal sealed class ConfigurationFileCompleter : IArgumentCompleter
{
    private static readonly string[] Extensions = [".yaml", ".yml", ".ini", ".cfg", ".conf", ".properties", ".txt"];

    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = true };

    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var word = wordToComplete.Trim('\'', '"');

        // PowerShell takes either separator on every system.
        var nameStart = word.LastIndexOfAny(['/', '\\']) + 1;
        var (folder, begun) = (word[..nameStart], word[nameStart..]);
        var path = folder.Replace('\\', Path.DirectorySeparatorChar).Replace('/', Path.DirectorySeparatorChar);

        // Asked by a script, because the runspace itself refuses while it completes.
        var here = ScriptBlock.Create("$ExecutionContext.SessionState.Path.CurrentFileSystemLocation.ProviderPath").Invoke().Single().ToString();
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var directory = new DirectoryInfo(Path.Combine(here, path is ['~', var separator, ..] && separator == Path.DirectorySeparatorChar ? home + path[1..] : path));
        if (!directory.Exists)
        {
            return [];
        }

        return directory.EnumerateFileSystemInfos("*", Visible)
            .Where(entry => entry.Name.StartsWith(begun, StringComparison.OrdinalIgnoreCase))
            .Where(static entry => entry is DirectoryInfo || Extensions.Contains(entry.Extension, StringComparer.OrdinalIgnoreCase))
            .OrderBy(static entry => entry.Name, StringComparer.OrdinalIgnoreCase)
            .Select(entry => new CompletionResult(
                NameCompleter.Quote(folder + entry.Name),
                entry.Name,
                entry is DirectoryInfo ? CompletionResultType.ProviderContainer : CompletionResultType.ProviderItem,
                entry.FullName));
    }
}
