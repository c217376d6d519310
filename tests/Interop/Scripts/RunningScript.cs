using System.Diagnostics;
using System.Management.Automation;
using System.Management.Automation.Runspaces;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>A script at work, with what it says as something to wait for.</summary>
public sealed class RunningScript : IDisposable
{
    private readonly PowerShell shell;
    private readonly Task<ScriptResult> ended;

    private RunningScript(PowerShell shell)
    {
        this.shell = shell;
        PSDataCollection<PSObject> output = [];
        output.DataAdded += (_, added) => Output.Add(ScriptResult.Value(output[added.Index]));
        shell.Streams.Verbose.DataAdded += (_, added) => Verbose.Add(shell.Streams.Verbose[added.Index].Message);
        var running = shell.BeginInvoke<PSObject, PSObject>(input: null, output);
        ended = Task.Run(() => RunToEnd(running, output));
    }

    /// <summary>The objects it emits: values without PowerShell's wrappers, others as their properties.</summary>
    public SignalLog<object> Output { get; } = new("output of the script");

    /// <summary>The verbose messages, which cmdlets write about what they are going to do.</summary>
    public SignalLog<string> Verbose { get; } = new("verbose messages of the script");

    internal static RunningScript Start(Runspace runspace, string script, object?[] arguments)
    {
        var shell = PowerShell.Create(runspace);
        shell.AddScript(script, useLocalScope: false);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        return new RunningScript(shell);
    }

    public Task<ScriptResult> WaitForEndAsync(TimeSpan? timeout = null) => ended.WaitAsync(timeout ?? Deadline.Default);

    /// <summary>Does what Ctrl+C does, and waits for the end.</summary>
    /// <returns>The result, and how long the end took.</returns>
    public async Task<(ScriptResult Result, TimeSpan Took)> StopAsync()
    {
        var watch = Stopwatch.StartNew();
        var stopping = shell.BeginStop(callback: null, state: null);
        var result = await WaitForEndAsync();
        shell.EndStop(stopping);
        return (result, watch.Elapsed);
    }

    public void Dispose() => shell.Dispose();

    private ScriptResult RunToEnd(IAsyncResult running, PSDataCollection<PSObject> output)
    {
        ErrorRecord? failure = null;
        var stopped = false;
        try
        {
            shell.EndInvoke(running);
        }
        catch (RuntimeException error) when (error is PipelineStoppedException || error.Message == new PipelineStoppedException().Message)
        {
            stopped = true;
        }
        catch (RuntimeException error)
        {
            failure = error.ErrorRecord;
        }

        Output.Complete();
        Verbose.Complete();
        return new ScriptResult(
            [.. output.Select(ScriptResult.Value)],
            [.. shell.Streams.Error],
            [.. shell.Streams.Warning.Select(warning => warning.Message)],
            failure,
            stopped);
    }
}
