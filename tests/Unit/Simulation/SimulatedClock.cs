namespace IoTF.Tests.Unit.Simulation;

/// <summary>Time that passes when the history says so. Timers never fire: what waits is woken by the history.</summary>
internal sealed class SimulatedClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public override DateTimeOffset GetUtcNow() => new(new DateTime(2026, 1, 1).AddTicks(_ticks), TimeSpan.Zero);

    public void Pass(TimeSpan time) => _ticks += time.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Dormant();

    private sealed class Dormant : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
