using System.Collections.Concurrent;
using System.Management.Automation.Runspaces;
using System.Runtime.InteropServices;
using IoTF.Mqtt.Transport;

namespace IoTF.PowerShell.Loading;

/// <summary>
/// What the module holds for one runspace, and its orderly end: everything owned here is disposed of exactly once, when the
/// runspace closes, when the module is removed from it, or when the process ends, whichever comes first.
/// </summary>
/// <remarks>
/// <para>
/// Closing: <c>Runspace.Close</c>, <c>CloseAsync</c> and <c>Dispose</c>, the pool of <c>ForEach-Object -Parallel</c> and
/// <c>RunspacePool</c> all raise <c>StateChanged</c> with <c>Closing</c>, then stop the pipelines, then raise <c>Closed</c>
/// on the same thread and wait for its handlers. <c>Closed</c> is the one used: no cmdlet is at work any more, and closing
/// returns only after the sessions have sent DISCONNECT.
/// </para>
/// <para>
/// A runspace that is neither closed nor disposed of when the process ends (a script that calls <c>[Environment]::Exit</c>)
/// raises nothing; <c>ProcessExit</c> stands in. Since .NET 10 a process that is told to terminate, or whose terminal is closed, does not raise
/// that either, hence the two signals.
/// </para>
/// </remarks>
internal sealed class RunspaceScope
{
    private static readonly ConcurrentDictionary<Guid, RunspaceScope> Open = new();

    /// <summary>Kept alive: a registration that is collected is withdrawn. The signal still does afterward what it would have done.</summary>
    private static readonly PosixSignalRegistration[] Signals;

    /// <summary>Set when the terminal was closed.</summary>
    private static readonly ManualResetEventSlim HungUp = new();

    /// <summary>How long after the terminal is gone the signal that says so may come.</summary>
    private static readonly TimeSpan LatestSignal = TimeSpan.FromSeconds(1);

    private readonly object _gate = new();
    private readonly List<(EndOrder Order, IAsyncDisposable Resource)> _owned = [];
    private readonly Guid _runspaceId;
    private Task? _end;

    static RunspaceScope()
    {
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => EndAll(Limit);
        AppDomain.CurrentDomain.UnhandledException += static (_, crash) => EndIfHungUp(crash.ExceptionObject);
        Signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, static _ => EndAll(EndLimits.ToldToEnd(OperatingSystem.IsWindows()))),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, static _ =>
            {
                HungUp.Set();
                EndAll(EndLimits.ToldToEnd(OperatingSystem.IsWindows()));
            }),
        ];
    }

    private RunspaceScope(Guid runspaceId)
    {
        _runspaceId = runspaceId;
    }

    /// <summary>How long the end of a runspace waits for the things it owns. What they do at their end has to take less.</summary>
    internal static TimeSpan Limit { get; private set; } = EndLimits.Ordinary;

    /// <summary>The scope of the runspace that runs the calling cmdlet. Call it on the pipeline thread.</summary>
    internal static RunspaceScope Current =>
        For(Runspace.DefaultRunspace ?? throw new InvalidOperationException("This thread runs no PowerShell pipeline."));

    /// <summary>The scope of a runspace, made at the first call.</summary>
    internal static RunspaceScope For(Runspace runspace)
    {
        while (true)
        {
            if (Open.TryGetValue(runspace.InstanceId, out var existing))
            {
                return existing;
            }

            var made = new RunspaceScope(runspace.InstanceId);
            if (Open.TryAdd(runspace.InstanceId, made))
            {
                runspace.StateChanged += made.OnStateChanged;
                return made;
            }
        }
    }

    /// <summary>Ends the scope of a runspace, if it has one, and waits for that.</summary>
    internal static void End(Runspace runspace)
    {
        if (Open.TryGetValue(runspace.InstanceId, out var scope))
        {
            runspace.StateChanged -= scope.OnStateChanged;
            scope.End();
        }
    }

    /// <summary>The one <typeparamref name="T"/> of this runspace, made and owned at the first call.</summary>
    /// <param name="order">When it ends, in relation to the others.</param>
    /// <param name="make">Makes it; called under the scope's lock, so it must not block.</param>
    /// <exception cref="ObjectDisposedException">The runspace has ended.</exception>
    internal T Get<T>(EndOrder order, Func<T> make)
        where T : class, IAsyncDisposable
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_end is not null, this);
            foreach (var (_, resource) in _owned)
            {
                if (resource is T known)
                {
                    return known;
                }
            }

            var made = make();
            _owned.Add((order, made));
            return made;
        }
    }

    /// <summary>
    /// A prompt that waits for a key when its terminal is closed fails with an exception that nobody handles, which ends the process while the signal is
    /// still being dealt with. A process that fails otherwise is not held up: of its sessions the service sends the last wills.
    /// </summary>
    private static void EndIfHungUp(object exception)
    {
        if (exception is IOException && !OperatingSystem.IsWindows() && HungUp.Wait(LatestSignal))
        {
            EndAll(EndLimits.ToldToEnd(windows: false));
        }
    }

    private static void EndAll(TimeSpan limit)
    {
        Limit = limit;
        Task.WaitAll([.. Open.Values.Select(static scope => Task.Run(scope.End))], limit);
        KeyFiles.OfProcess.Delete();
    }

    private void OnStateChanged(object? sender, RunspaceStateEventArgs change)
    {
        if (change.RunspaceStateInfo.State is RunspaceState.Closed or RunspaceState.Broken)
        {
            End();
        }
    }

    private void End()
    {
        Task end;
        lock (_gate)
        {
            // On a pool thread, so that a resource that blocks cannot hold up its neighbors or the limit. Whoever comes
            // second, such as the end of the process during the end of a runspace, waits for the first.
            end = _end ??= Task.Run(EndAsync);
        }

        end.Wait(Limit);
    }

    private async Task EndAsync()
    {
        (EndOrder, IAsyncDisposable)[] ending;
        lock (_gate)
        {
            ending = [.. _owned];
            _owned.Clear();
        }

        await OrderlyEnd.RunAsync(ending, Limit, TimeProvider.System).ConfigureAwait(false);
        Open.TryRemove(KeyValuePair.Create(_runspaceId, this));
    }
}
