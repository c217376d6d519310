using IoTF.Client.Faults;

namespace IoTF.Client.Receiving;

/// <summary>
/// The messages of one subscription that wait for a receiver, oldest first. QoS 1 and 2 are bounded by the service, which stops when
/// too many are not acknowledged; of QoS 0, and of what a receiver has set aside, the oldest are dropped, and counted, when there are too
/// many or they have too many bytes.
/// </summary>
public sealed class Inbox
{
    /// <summary>A day in milliseconds: timers do not count further than some fifty.</summary>
    private const double LongestAlarm = 24 * 60 * 60 * 1000;

    private readonly object _gate = new();
    private readonly InboxCapacity _capacity;
    private ReceivedMessage? _oldest;
    private ReceivedMessage? _newest;
    private int _count;
    private int _droppable;
    private long _droppableBytes;
    private long _insertions;
    private long _additions;
    private long _dropped;
    private int _waiting;
    private Fault? _ended;

    internal Inbox(InboxCapacity capacity, TimeProvider clock)
    {
        _capacity = capacity;
        Clock = clock;
    }

    /// <summary>The clock that waiting goes by.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>Messages that wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Messages that were dropped because nobody took them: of QoS 0, or set aside.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Adds a message. Receivers are woken by <see cref="Announce"/>.</summary>
    /// <returns>How many messages were dropped for it.</returns>
    internal int Add(ReceivedMessage message)
    {
        lock (_gate)
        {
            Append(message);
            return DropWhatIsTooMuch();
        }
    }

    /// <summary>Adds a message that waited elsewhere, before those that were received after it.</summary>
    /// <returns>How many messages were dropped for it.</returns>
    internal int Insert(ReceivedMessage message)
    {
        lock (_gate)
        {
            var before = _newest;
            while (before is not null && before.Number > message.Number)
            {
                before = before.Previous;
            }

            InsertBehind(before, message);
            _insertions++;
            return DropWhatIsTooMuch();
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
            while (_oldest is { } message)
            {
                Remove(message);
                all.Add(message);
            }

            return all;
        }
    }

    /// <summary>Takes the oldest message that fits, without waiting.</summary>
    /// <param name="fits">Selects messages; null takes any.</param>
    /// <param name="position">How far the reader has looked; moved on.</param>
    /// <param name="passedOver">Collects messages that do not fit and are set aside by that; null sets none aside.</param>
    internal ReceivedMessage? Find(Func<ReceivedMessage, bool>? fits, ref InboxPosition position, List<ReceivedMessage>? passedOver)
    {
        lock (_gate)
        {
            var isNew = position.Insertions != _insertions;
            var message = !isNew && position.Last is { IsListed: true } last ? last.Next : _oldest;
            for (; message is not null; message = message.Next)
            {
                if (!isNew && message.Number <= position.Number)
                {
                    continue;
                }

                if (fits is null || fits(message))
                {
                    Remove(message);
                    return message;
                }

                position = position with { Last = message, Number = message.Number };
                if (passedOver is not null && !message.IsDroppable)
                {
                    message.IsSetAside = true;
                    Weigh(message, 1);
                    passedOver.Add(message);
                }
            }

            position = position with { Insertions = _insertions, Additions = _additions };
            return null;
        }
    }

    /// <summary>Waits until there is something that a reader has not looked at, the inbox has ended, or the time is over.</summary>
    /// <exception cref="FaultException">The session is over.</exception>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    internal void AwaitChange(in InboxPosition position, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = Clock.GetTimestamp();
        using var canceled = cancellationToken.Register(WakeAll);
        using var alarm = limit == Timeout.InfiniteTimeSpan
            ? null
            : Clock.CreateTimer(_ => WakeAll(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (_gate)
        {
            _waiting++;
            try
            {
                while (position.Additions == _additions && position.Insertions == _insertions)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    ThrowIfEnded();
                    if (alarm is not null)
                    {
                        var left = limit - Clock.GetElapsedTime(started);
                        if (left <= TimeSpan.Zero)
                        {
                            return;
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

    /// <summary>Says that no message will come any more.</summary>
    /// <exception cref="FaultException">The session is over.</exception>
    internal void ThrowIfEnded()
    {
        if (Volatile.Read(ref _ended) is { } fault)
        {
            throw new FaultException(fault);
        }
    }

    private void WakeAll()
    {
        lock (_gate)
        {
            Monitor.PulseAll(_gate);
        }
    }

    private int DropWhatIsTooMuch()
    {
        var dropped = 0;
        for (var message = _oldest; message is not null && _capacity.IsExceededBy(_droppable, _droppableBytes);)
        {
            var next = message.Next;
            if (message.IsDroppable)
            {
                Remove(message);
                dropped++;
            }

            message = next;
        }

        _dropped += dropped;
        return dropped;
    }

    /// <summary>Counts a message that may be dropped, or is gone.</summary>
    private void Weigh(ReceivedMessage message, int change)
    {
        if (message.IsDroppable)
        {
            _droppable += change;
            _droppableBytes += change * message.Size;
        }
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

        message.IsListed = true;
        _count++;
        _additions++;
        Weigh(message, 1);
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
        message.IsListed = false;
        _count--;
        Weigh(message, -1);
    }
}
