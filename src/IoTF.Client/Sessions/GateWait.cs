using IoTF.Client.Sending;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>
/// How pipeline threads wait for what the session's loop brings about: on the gate that guards the state, woken when what they wait for has
/// come about, by Ctrl+C and by time. Time is counted from the last sign of life, because the service slows a sender down rather than lose
/// its messages.
/// </summary>
internal sealed class GateWait
{
    private readonly TimeProvider _clock;
    private readonly List<Func<bool>> _conditions = [];
    private readonly ITimer _alarm;
    private long _lastSign;

    /// <summary>When the alarm is set to go off, as a timestamp; <see cref="long.MaxValue"/> when it is not.</summary>
    private long _alarmAt = long.MaxValue;

    public GateWait(TimeProvider clock)
    {
        _clock = clock;
        _lastSign = clock.GetTimestamp();
        _alarm = clock.CreateTimer(static wait => ((GateWait)wait!).Alarm(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Guards the state that is waited for.</summary>
    public object Gate { get; } = new();

    /// <summary>The service has shown that it deals with messages.</summary>
    public void SignOfLife() => Volatile.Write(ref _lastSign, _clock.GetTimestamp());

    /// <summary>Wakes those whose condition holds now; the caller holds the gate.</summary>
    public void Wake()
    {
        foreach (var condition in _conditions)
        {
            if (condition())
            {
                Monitor.PulseAll(Gate);
                return;
            }
        }
    }

    /// <summary>Blocks until a condition holds, which is looked at under the gate whenever something happened.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="patience">How long the service may send nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="countsFromSigns">False when the time is a limit of its own, whatever the service does.</param>
    /// <param name="meanwhile">What this thread does while it waits; null for nothing.</param>
    /// <param name="since">The timestamp from which the time counts, unless a sign of life came later; by default now.</param>
    /// <returns>False when the time is over.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool Until(
        Func<bool> condition,
        TimeSpan patience,
        CancellationToken cancellationToken,
        bool countsFromSigns = true,
        Meanwhile? meanwhile = null,
        long? since = null)
    {
        lock (Gate)
        {
            if (condition())
            {
                return true;
            }
        }

        var lastDone = _clock.GetTimestamp();
        var started = since ?? lastDone;
        using var canceled = cancellationToken.UnsafeRegister(static wait => ((GateWait)wait!).WakeAll(), this);
        lock (Gate)
        {
            _conditions.Add(condition);
            try
            {
                while (!condition())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var left = patience - _clock.GetElapsedTime(countsFromSigns ? Math.Max(started, _lastSign) : started);
                    if (left <= TimeSpan.Zero)
                    {
                        return false;
                    }

                    if (meanwhile is not null)
                    {
                        var untilNext = meanwhile.Every - _clock.GetElapsedTime(lastDone);
                        if (untilNext <= TimeSpan.Zero)
                        {
                            lastDone = _clock.GetTimestamp();
                            DoOutside(meanwhile.Do);
                            continue;
                        }

                        left = left < untilNext ? left : untilNext;
                    }

                    SetAlarm(left);
                    Monitor.Wait(Gate);
                }

                return true;
            }
            finally
            {
                _conditions.Remove(condition);
                if (_conditions.Count == 0 && _alarmAt != long.MaxValue)
                {
                    // A timer that is set keeps the session in memory.
                    _alarm.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                    _alarmAt = long.MaxValue;
                }
            }
        }
    }

    /// <summary>Blocks until the network has taken what is queued, or the link has failed.</summary>
    /// <param name="link">Where it is queued.</param>
    /// <param name="wait">Waits for that.</param>
    /// <param name="patience">How long the network may take nothing, and the service send nothing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="meanwhile">As for <see cref="Until"/>.</param>
    /// <param name="since">As for <see cref="Until"/>.</param>
    /// <returns>False when for the time given the network took nothing, and nothing came from the service.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool ForNetwork(
        Link link, Func<CancellationToken, Task> wait, TimeSpan patience, CancellationToken cancellationToken, Meanwhile? meanwhile = null, long? since = null)
    {
        var (sent, lastSign) = (link.BytesSent, Volatile.Read(ref _lastSign));
        var started = since is { } earlier ? Math.Max(earlier, Math.Max(lastSign, link.LastSent)) : _clock.GetTimestamp();
        while (true)
        {
            var left = patience - _clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            using var limit = new CancellationTokenSource(meanwhile is not null && meanwhile.Every < left ? meanwhile.Every : left, _clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                wait(either.Token).GetAwaiter().GetResult();
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                var now = (link.BytesSent, Volatile.Read(ref _lastSign));
                if (now != (sent, lastSign))
                {
                    (sent, lastSign, started) = (now.BytesSent, now.Item2, _clock.GetTimestamp());
                }

                meanwhile?.Do();
            }
        }
    }

    /// <summary>Does something while others may have the gate.</summary>
    private void DoOutside(Action work)
    {
        Monitor.Exit(Gate);
        try
        {
            work();
        }
        finally
        {
            Monitor.Enter(Gate);
        }
    }

    /// <summary>One alarm serves all who wait: it goes off for the first of them, and the others set it again.</summary>
    private void SetAlarm(TimeSpan left)
    {
        var at = _clock.GetTimestamp() + (long)(left.TotalSeconds * _clock.TimestampFrequency);
        if (at < _alarmAt)
        {
            _alarmAt = at;

            // Rounded up: a timer counts whole milliseconds, and one that is too early would only be set again.
            _alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
        }
    }

    private void Alarm()
    {
        lock (Gate)
        {
            _alarmAt = long.MaxValue;
            Monitor.PulseAll(Gate);
        }
    }

    private void WakeAll()
    {
        lock (Gate)
        {
            Monitor.PulseAll(Gate);
        }
    }
}
