using System.Runtime.InteropServices;

namespace IoTF.Shell.Scripting;

/// <summary>
/// Turns Ctrl+C and requests to terminate into an orderly end: the pipeline is stopped and the runspace closed, so that
/// modules can say goodbye to their servers.
/// </summary>
public sealed class Interruptions : IDisposable
{
    // Longer than a module should need to close its connections, shorter than what service managers grant before they kill.
    private static readonly TimeSpan TerminationGrace = TimeSpan.FromSeconds(5);

    private readonly ScriptRunner _runner;
    private readonly bool _interactive;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private int _interruptions;
    private Timer? _deadline;

    /// <summary>Starts listening.</summary>
    /// <param name="runner">What is stopped.</param>
    /// <param name="interactive">Whether Ctrl+C ends only the current command.</param>
    public Interruptions(ScriptRunner runner, bool interactive)
    {
        _runner = runner;
        _interactive = interactive;
        Console.CancelKeyPress += OnCancelKeyPress;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Terminate(context, exitCode: 128 + 15)));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, context => Terminate(context, exitCode: 128 + 1)));
    }

    /// <summary>The exit code after an interruption (130 after Ctrl+C, 143 after SIGTERM), or null.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Console.CancelKeyPress -= OnCancelKeyPress;
        _registrations.ForEach(registration => registration.Dispose());
        _deadline?.Dispose();
    }

    private void OnCancelKeyPress(object? sender, ConsoleCancelEventArgs pressed)
    {
        if (_interactive)
        {
            pressed.Cancel = true;
            _runner.Interrupt();
            return;
        }

        // The second one is for a pipeline that does not stop: the default follows, the end of the process.
        pressed.Cancel = Interlocked.Increment(ref _interruptions) == 1;
        ExitCode ??= 128 + 2;
        _runner.Stop();
    }

    private void Terminate(PosixSignalContext context, int exitCode)
    {
        context.Cancel = true;
        ExitCode ??= exitCode;
        _deadline ??= new Timer(_ => Environment.Exit(exitCode), state: null, TerminationGrace, Timeout.InfiniteTimeSpan);
        _runner.Stop();
    }
}
