using System.Diagnostics.CodeAnalysis;
using IoTF.Emulator.Registry;

namespace IoTF.Emulator.Sessions;

/// <summary>
/// What waits to be delivered, bounded by count, bytes and time: the oldest is dropped for the newest, and what waited too long is forgotten
/// (protocol.md §2.6).
/// </summary>
internal sealed class DeliveryQueue(int maximumCount, long maximumBytes, MemoryBudget memory, TimeSpan lifetime, TimeProvider clock)
{
    private Queue<Delivery> _waiting = new();
    private long _bytes;
    private bool _isOverflowing;

    public int Count => _waiting.Count;

    /// <summary>Messages dropped since the queue was made: too many waited, they waited too long, or their client does not take them.</summary>
    public long Dropped { get; private set; }

    /// <summary>Called when messages begin to be dropped because too many wait; again only after the queue has drained in between.</summary>
    public Action? Overflowing { get; init; }

    /// <summary>Messages taken out since the queue was made: whether there is progress.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether so much waits that publishers are slowed down: half of what fits.</summary>
    public bool IsFlooded => _waiting.Count > maximumCount / 2 || _bytes > Bound / 2;

    /// <summary>Whether so little waits that publishers go on: a quarter of what fits.</summary>
    public bool HasDrained => _waiting.Count <= maximumCount / 4 && _bytes <= Bound / 4;

    /// <summary>What fits: as much as is left for all others in the organization, and no more than the bound of one queue.</summary>
    private long Bound => Math.Min(maximumBytes, (_bytes + Math.Max(0, memory.Free)) / 2);

    /// <summary>What waits, oldest first.</summary>
    public IEnumerable<Delivery> Waiting => _waiting;

    public void Add(Delivery delivery)
    {
        if (delivery.WaitingSince == 0)
        {
            delivery.WaitingSince = clock.GetTimestamp();
        }

        _waiting.Enqueue(delivery);
        Charge(delivery.Cost);
        DropSurplus();
    }

    /// <summary>Puts messages, oldest first, in front of those that wait.</summary>
    public void PutBack(IEnumerable<Delivery> earlier)
    {
        foreach (var delivery in earlier.Concat(TakeAll()))
        {
            Add(delivery);
        }
    }

    /// <summary>The oldest message whose time is not over.</summary>
    public bool TryPeek([NotNullWhen(true)] out Delivery? delivery)
    {
        while (_waiting.TryPeek(out delivery) && HasExpired(delivery))
        {
            Drop();
        }

        return delivery is not null;
    }

    public void RemoveFirst()
    {
        Charge(-_waiting.Dequeue().Cost);
        Taken++;
        _isOverflowing &= !HasDrained;
    }

    /// <summary>Drops messages that their client must not or cannot have.</summary>
    public void RemoveAll(Predicate<Delivery> unwanted)
    {
        if (_waiting.Any(delivery => unwanted(delivery)))
        {
            foreach (var delivery in TakeAll())
            {
                if (unwanted(delivery))
                {
                    Dropped++;
                }
                else
                {
                    Add(delivery);
                }
            }
        }
    }

    /// <summary>Counts a message that was dropped before it waited.</summary>
    public void CountDropped() => Dropped++;

    public void Clear() => TakeAll();

    private void DropSurplus()
    {
        // A single message may be larger than the bound, unless the organization keeps too much already.
        while (_waiting.Count > maximumCount || (_waiting.Count > 1 && _bytes > Bound) || (_waiting.Count == 1 && memory.Free < 0))
        {
            Drop();
            if (!_isOverflowing)
            {
                _isOverflowing = true;
                Overflowing?.Invoke();
            }
        }
    }

    private void Drop()
    {
        Charge(-_waiting.Dequeue().Cost);
        Dropped++;
    }

    private Queue<Delivery> TakeAll()
    {
        var all = _waiting;
        _waiting = new Queue<Delivery>();
        Charge(-_bytes);
        return all;
    }

    private void Charge(long bytes)
    {
        _bytes += bytes;
        memory.Add(bytes);
    }

    private bool HasExpired(Delivery delivery) =>
        clock.GetElapsedTime(delivery.WaitingSince) >= lifetime || delivery.Properties?.HasExpired(clock) == true;
}
