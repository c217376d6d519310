using IoTF.Client.Faults;
using IoTF.Mqtt;

namespace IoTF.Client.Receiving;

/// <summary>
/// The messages of one subscription that wait for a receiver, oldest first. QoS 1 and 2 are bounded by the service, which stops when
/// too many are not acknowledged; of QoS 0 the oldest are dropped, and counted.
/// </summary>
public sealed class Inbox
{
    /// <summary>A day in milliseconds: timers do not count further than some fifty.</summary>
    private const double LongestAlarm = 24 * 60 * 60 * 1000;

    private readonly object _gate = new();
    private readonly int _capacity;
    private readonly TimeProvider _clock;
    private ReceivedMessage? _oldest;
    private ReceivedMessage? _newest;
    private int _count;
    private int _atMostOnce;
    private long _dropped;
    private int _waiting;
    private Fault? _ended;

    internal Inbox(int capacity, TimeProvider clock)
    {
        _capacity = capacity;
        _clock = clock;
    }

    /// <summary>Messages that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>QoS 0 messages that were dropped because nobody took them.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Takes the oldest message that fits; waits for one.</summary>
    /// <param name="fits">Selects messages; null takes any. Others stay where they are.</param>
    /// <param name="timeout">How long to wait; infinite without a limit.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The message; null when none came in time.</returns>
    /// <exception cref="FaultException">The session is over, and no message is left.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public ReceivedMessage? Take(Func<ReceivedMessage, bool>? fits, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            if (Find(fits) is { } message)
            {
                return message;
            }
        }

        return timeout == TimeSpan.Zero && _ended is null ? null : Await(fits, timeout, cancellationToken);
    }

    /// <summary>Adds a message. Receivers are woken by <see cref="Announce"/>.</summary>
    /// <returns>Whether a message was dropped for it.</returns>
    internal bool Add(ReceivedMessage message)
    {
        lock (_gate)
        {
            Append(message);
            return _atMostOnce > _capacity && DropOldest();
        }
    }

    /// <summary>Adds a message that waited elsewhere, before those that were received after it.</summary>
    internal void Insert(ReceivedMessage message)
    {
        lock (_gate)
        {
            var before = _newest;
            while (before is not null && before.Number > message.Number)
            {
                before = before.Previous;
            }

            InsertBehind(before, message);
            if (_atMostOnce > _capacity)
            {
                DropOldest();
            }
        }
    }

    /// <summary>Wakes the receivers when there is something for them.</summary>
    internal void Announce()
    {
        if (Volatile.Read(ref _waiting) > 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>No message will come any more.</summary>
    internal void End(Fault fault)
    {
        lock (_gate)
        {
            _ended ??= fault;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes everything out.</summary>
    internal IReadOnlyList<ReceivedMessage> Empty()
    {
        lock (_gate)
        {
            var all = new List<ReceivedMessage>(_count);
            while (Find(fits: null) is { } message)
            {
                all.Add(message);
            }

            return all;
        }
    }

    private ReceivedMessage? Await(Func<ReceivedMessage, bool>? fits, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        using var cancelled = cancellationToken.Register(WakeAll);
        using var alarm = timeout == Timeout.InfiniteTimeSpan
            ? null
            : _clock.CreateTimer(_ => WakeAll(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _waiting++;
            try
            {
                while (true)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (Find(fits) is { } message)
                    {
                        return message;
                    }

                    if (_ended is not null)
                    {
                        throw new FaultException(_ended);
                    }

                    if (alarm is not null)
                    {
                        var left = timeout - _clock.GetElapsedTime(started);
                        if (left <= TimeSpan.Zero)
                        {
                            return null;
                        }

                        // Rounded up: a timer counts whole milliseconds, and one that is too early would only be set again.
                        alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Min(left.TotalMilliseconds, LongestAlarm))), Timeout.InfiniteTimeSpan);
                    }

                    Monitor.Wait(_gate);
                }
            }
            finally
            {
                _waiting--;
            }
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private ReceivedMessage? Find(Func<ReceivedMessage, bool>? fits)
    {
        for (var message = _oldest; message is not null; message = message.Next)
        {
            if (fits is null || fits(message))
            {
                Remove(message);
                return message;
            }
        }

        return null;
    }

    private bool DropOldest()
    {
        for (var message = _oldest; message is not null; message = message.Next)
        {
            if (message.QualityOfService == QualityOfService.AtMostOnce)
            {
                Remove(message);
                _dropped++;
                return true;
            }
        }

        return false;
    }

    private void Append(ReceivedMessage message) => InsertBehind(_newest, message);

    private void InsertBehind(ReceivedMessage? before, ReceivedMessage message)
    {
        var after = before is null ? _oldest : before.Next;
        (message.Previous, message.Next) = (before, after);
        if (before is null)
        {
            _oldest = message;
        }
        else
        {
            before.Next = message;
        }

        if (after is null)
        {
            _newest = message;
        }
        else
        {
            after.Previous = message;
        }

        _count++;
        _atMostOnce += message.QualityOfService == QualityOfService.AtMostOnce ? 1 : 0;
    }

    private void Remove(ReceivedMessage message)
    {
        if (message.Previous is null)
        {
            _oldest = message.Next;
        }
        else
        {
            message.Previous.Next = message.Next;
        }

        if (message.Next is null)
        {
            _newest = message.Previous;
        }
        else
        {
            message.Next.Previous = message.Previous;
        }

        message.Previous = message.Next = null;
        _count--;
        _atMostOnce -= message.QualityOfService == QualityOfService.AtMostOnce ? 1 : 0;
    }
}
