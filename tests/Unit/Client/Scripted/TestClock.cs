using Microsoft.Extensions.Time.Testing;

namespace IoTF.Tests.Unit.Client.Scripted;

/// <summary>A clock that a test moves, and that tells when somebody has begun to wait for it.</summary>
internal sealed class TestClock : FakeTimeProvider
{
    private readonly object _gate = new();
    private readonly List<TimeSpan> _set = [];
    private int _live;
    private readonly List<(Func<TimeSpan, bool> Due, int Times, TaskCompletionSource Seen)> _waiters = [];

    /// <summary>Completes when timers for about this time (the session rounds up to whole milliseconds) were set so many times.</summary>
    public Task TimerSetAsync(TimeSpan due, int times = 1) =>
        TimerSetAsync(one => (one - due).Duration() <= TimeSpan.FromMilliseconds(1), times);

    /// <summary>Completes when timers for such a time were set so many times.</summary>
    public Task TimerSetAsync(Func<TimeSpan, bool> due, int times = 1)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Add((due, times, seen));
            Look();
        }

        return seen.Task.WaitAsync(Deadline.Limit);
    }

    /// <summary>Timers that were made and not disposed of.</summary>
    public int LiveTimers => Volatile.Read(ref _live);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _live);
        var timer = new Watched(this, base.CreateTimer(callback, state, dueTime, period));
        Note(dueTime);
        return timer;
    }

    private void Note(TimeSpan due)
    {
        lock (_gate)
        {
            _set.Add(due);
            Look();
        }
    }

    private void Look()
    {
        foreach (var (due, times, seen) in _waiters)
        {
            if (_set.Count(due) >= times)
            {
                seen.TrySetResult();
            }
        }
    }

    private sealed class Watched(TestClock clock, ITimer inner) : ITimer
    {
        private int _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var changed = inner.Change(dueTime, period);
            clock.Note(dueTime);
            return changed;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) == 0)
            {
                Interlocked.Decrement(ref clock._live);
            }

            inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
