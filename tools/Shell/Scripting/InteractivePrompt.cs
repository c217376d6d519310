using System.Management.Automation;
using System.Management.Automation.Language;
using IoTF.Shell.Hosting;

namespace IoTF.Shell.Scripting;

/// <summary>Reads commands line by line, and more lines while a command is not complete.</summary>
/// <param name="runner">Runs the commands.</param>
/// <param name="host">The host, whose exit code ends the loop.</param>
/// <param name="ui">The console.</param>
/// <param name="location">The current location, for the prompt.</param>
public sealed class InteractivePrompt(ScriptRunner runner, ShellHost host, ConsoleUserInterface ui, Func<string> location)
{
    /// <summary>Runs until <c>exit</c> or the end of the input.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        while (host.ExitCode is null)
        {
            try
            {
                if (ReadEntry() is not { } entry)
                {
                    break;
                }

                if (!string.IsNullOrWhiteSpace(entry))
                {
                    runner.RunEntry(entry);
                }
            }
            catch (OperationCanceledException)
            {
                // Ctrl+C at the prompt forgets what was typed.
                ui.WriteLine(string.Empty);
            }
        }

        return host.ExitCode ?? 0;
    }

    private string? ReadEntry()
    {
        Show($"PS {location()}> ");
        var entry = ui.ReadLineOrEnd();
        while (entry is not null && IsIncomplete(entry))
        {
            Show(">> ");
            if (ui.ReadLineOrEnd() is not { } line)
            {
                break;
            }

            entry += "\n" + line;
        }

        return entry;
    }

    private void Show(string prompt)
    {
        if (ui.Terminal.Interactive)
        {
            ui.Write(prompt);
        }
    }

    private static bool IsIncomplete(string entry)
    {
        Parser.ParseInput(entry, out _, out var errors);
        return errors.Any(error => error.IncompleteInput);
    }
}
