namespace IoTF.Shell.CommandLine;

/// <summary>What the command line asks for.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Target">The script's path, the command's text, or what is wrong.</param>
/// <param name="Rest">The words for the script.</param>
public sealed record ShellArguments(ShellTask Kind, string Target, IReadOnlyList<string> Rest)
{
    /// <summary>How the program is called.</summary>
    public const string Usage = """
        A small PowerShell host for machines without PowerShell.

          IoTF.Shell [-File] <script.ps1> [arguments]   run a script; exits as `pwsh -File` does
          IoTF.Shell -Command <text>                    run commands; `-` reads them from standard input
          IoTF.Shell                                    a prompt; `exit` leaves it
        """;

    /// <summary>Reads the command line.</summary>
    /// <param name="words">The words after the program's name.</param>
    /// <returns>What they ask for.</returns>
    public static ShellArguments Parse(IReadOnlyList<string> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        for (var index = 0; index < words.Count; index++)
        {
            var rest = words.Skip(index + 1).ToList();
            switch (words[index].ToUpperInvariant())
            {
                // There is no profile and no logo; the options are accepted so that calls written for pwsh work.
                case "-NOPROFILE" or "-NOP" or "-NOLOGO":
                    continue;
                case "-HELP" or "--HELP" or "-H" or "-?":
                    return new ShellArguments(ShellTask.Help, string.Empty, []);
                case "-FILE" or "-F":
                    return rest.Count > 0 ? File(rest[0], rest.Skip(1)) : Mistake("-File needs the path of a script.");
                case "-COMMAND" or "-C":
                    return rest switch
                    {
                        [] => Mistake("-Command needs the commands to run."),
                        ["-"] => new ShellArguments(ShellTask.Prompt, string.Empty, []),
                        _ => new ShellArguments(ShellTask.Command, string.Join(' ', rest), []),
                    };
                case var option when option.StartsWith('-'):
                    return Mistake($"There is no option '{words[index]}'.");
                default:
                    return File(words[index], rest);
            }
        }

        return new ShellArguments(ShellTask.Prompt, string.Empty, []);
    }

    private static ShellArguments File(string path, IEnumerable<string> rest) => System.IO.File.Exists(path)
        ? new ShellArguments(ShellTask.File, Path.GetFullPath(path), [.. rest])
        : Mistake($"There is no script '{path}'. Check the path; it is taken from the current folder, {Environment.CurrentDirectory}.");

    private static ShellArguments Mistake(string message) => new(ShellTask.Mistake, message, []);
}
