using System.Management.Automation;
using System.Management.Automation.Runspaces;
using IoTF.Shell.Hosting;

namespace IoTF.Shell.Scripting;

/// <summary>
/// Runs scripts and commands in a runspace and shows what they write, as <c>pwsh</c> does: output and errors pass
/// through <c>Out-Default</c>, so the views of loaded modules apply.
/// </summary>
/// <param name="runspace">An open runspace whose host is <paramref name="host"/>.</param>
/// <param name="host">The host.</param>
public sealed class ScriptRunner(Runspace runspace, ShellHost host)
{
    private const int Success = 0;
    private const int Failure = 1;
    private readonly Lock _gate = new();
    private PowerShell? _running;
    private bool _stopped;

    /// <summary>Runs a script file.</summary>
    /// <param name="path">The full path.</param>
    /// <param name="parameters">Its parameters.</param>
    /// <returns>The code of its <c>exit</c>; 1 after an uncaught error, which has been shown; 0 otherwise.</returns>
    public int RunFile(string path, IEnumerable<CommandParameter> parameters)
    {
        var command = new Command(path, isScript: false, useLocalScope: false);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }

        ScriptExit.ReachesHost(runspace);
        return Run(command, addToHistory: false) ? host.ExitCode ?? Success : Failure;
    }

    /// <summary>Runs the text of commands.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The code of its <c>exit</c>; otherwise 0 if the last command succeeded and 1 if it failed.</returns>
    public int RunCommand(string text)
    {
        // `$?` is taken down by the script itself: formatting an error runs script, too, and has set it anew by the time the
        // pipeline ends.
        if (!Run(new Command($"{text}\n$Host.PrivateData.Succeeded = $?", isScript: true, useLocalScope: false), addToHistory: false))
        {
            return Failure;
        }

        return host.ExitCode ?? (host.LastCommand.Succeeded ? Success : Failure);
    }

    /// <summary>Runs one entry of a prompt.</summary>
    /// <param name="text">The text.</param>
    public void RunEntry(string text) => Run(new Command(text, isScript: true, useLocalScope: false), addToHistory: true);

    /// <summary>Stops what runs, and everything that is started later. Returns at once.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            StopRunning();
        }
    }

    /// <summary>Stops what runs now; later commands run. Returns at once.</summary>
    /// <returns>Whether anything ran.</returns>
    public bool Interrupt()
    {
        lock (_gate)
        {
            return StopRunning();
        }
    }

    private bool Run(Command command, bool addToHistory)
    {
        using var shell = PowerShell.Create(runspace);
        command.MergeMyResults(PipelineResultTypes.Error, PipelineResultTypes.Output);
        shell.Commands.AddCommand(command).AddCommand("Out-Default");
        try
        {
            Invoke(shell, addToHistory);
            return true;
        }
        catch (PipelineStoppedException)
        {
            return false;
        }
        catch (RuntimeException error)
        {
            Show(error.ErrorRecord);
            return false;
        }
    }

    private void Invoke(PowerShell shell, bool addToHistory)
    {
        lock (_gate)
        {
            if (_stopped)
            {
                throw new PipelineStoppedException();
            }

            _running = shell;
        }

        try
        {
            shell.Invoke(input: null, new PSInvocationSettings { AddToHistory = addToHistory });
        }
        finally
        {
            lock (_gate)
            {
                _running = null;
            }

            (host.UI as ConsoleUserInterface)?.ClearProgress();
        }
    }

    private bool StopRunning()
    {
        _running?.BeginStop(callback: null, state: null);
        (host.UI as ConsoleUserInterface)?.CancelReading();
        return _running is not null;
    }

    private void Show(ErrorRecord error)
    {
        // Formatted as an object and sent to the error stream: writing the record again would lose where it came from.
        using var shell = PowerShell.Create(runspace);
        using var diversion = host.DivertOutputToError();
        shell.AddCommand("Out-Default").Invoke(new[] { error });
    }
}
