using System.Management.Automation.Runspaces;

namespace IoTF.Shell.CommandLine;

/// <summary>Turns the words after a script's name into the parameters that <c>pwsh -File</c> would bind.</summary>
public static class ScriptArguments
{
    /// <summary>
    /// Reads the words. <c>-Name</c> starts a parameter whose value, unless it is a switch, is the next word;
    /// <c>-Name:value</c> carries its value, <c>$true</c> and <c>$false</c> being booleans; every other word is positional.
    /// </summary>
    /// <param name="words">The words.</param>
    /// <returns>The parameters in order.</returns>
    public static IReadOnlyList<CommandParameter> Parse(IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var parameters = new List<CommandParameter>();
        string? awaitingValue = null;
        foreach (var word in words)
        {
            if (awaitingValue is not null)
            {
                parameters.Add(new CommandParameter(awaitingValue, word));
                awaitingValue = null;
            }
            else if (!NamesParameter(word))
            {
                parameters.Add(new CommandParameter(name: null, word));
            }
            else if (word.EndsWith(':'))
            {
                awaitingValue = word.TrimEnd(':');
            }
            else
            {
                parameters.Add(Named(word));
            }
        }

        if (awaitingValue is not null)
        {
            parameters.Add(new CommandParameter(awaitingValue));
        }

        return parameters;
    }

    private static bool NamesParameter(string word) => word.Length > 1 && word[0] == '-';

    private static CommandParameter Named(string word)
    {
        var colon = word.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? new CommandParameter(word) : new CommandParameter(word[..colon], Value(word[(colon + 1)..]));
    }

    private static object Value(string text) => text.ToUpperInvariant() switch
    {
        "$TRUE" => true,
        "$FALSE" => false,
        _ => text,
    };
}
