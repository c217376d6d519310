namespace IoTF.Client.Sessions;

/// <summary>
/// Lets the sessions of a process connect again one after the other: the service refuses connections beyond 300 a second
/// (protocol.md §5), and all sessions of a process lose the network at the same moment.
/// </summary>
/// <param name="interval">The time between two of them.</param>
/// <param name="clock">The clock.</param>
internal sealed class ReconnectGate(TimeSpan interval, TimeProvider clock)
{
    private readonly object _gate = new();
    private readonly long _interval = (long)(interval.TotalSeconds * clock.TimestampFrequency);
    private long _next = clock.GetTimestamp();

    /// <summary>The gate of this process: a third of what the service allows, because other processes connect, too.</summary>
    public static ReconnectGate OfProcess { get; } = new(TimeSpan.FromMilliseconds(10), TimeProvider.System);

    /// <summary>The time between two of them.</summary>
    public TimeSpan Interval => interval;

    /// <summary>Waits for a turn.</summary>
    public Task PassAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            var turn = Math.Max(now, _next);
            _next = turn + _interval;
            wait = clock.GetElapsedTime(now, turn);
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, cancellationToken) : Task.CompletedTask;
    }
}
