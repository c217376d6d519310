namespace IoTF.Tests.Unit.Emulator;

/// <summary>A clock on which each pause is over at once, and counted.</summary>
internal sealed class HastyClock(Action<int>? onPause = null) : TimeProvider
{
    private TimeSpan _now;

    public int Pauses { get; private set; }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _now += dueTime;
        Pauses++;
        onPause?.Invoke(Pauses);
        return System.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
