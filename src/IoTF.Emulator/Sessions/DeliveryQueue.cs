using System.Diagnostics.CodeAnalysis;

namespace IoTF.Emulator.Sessions;

/// <summary>
/// What waits to be delivered, bounded by count, bytes and time: the oldest is dropped for the newest, and what waited too long is forgotten
/// (protocol.md §2.6).
/// </summary>
internal sealed class DeliveryQueue(int maximumCount, long maximumBytes, TimeSpan lifetime, TimeProvider clock)
{
    private Queue<Delivery> _waiting = new();
    private long _bytes;

    public int Count => _waiting.Count;

    /// <summary>Messages dropped since the queue was made: too many waited, or they waited too long.</summary>
    public long Dropped { get; private set; }

    /// <summary>Messages taken out since the queue was made: whether there is progress.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether so much waits that publishers are slowed down: half of what fits.</summary>
    public bool IsFlooded => _waiting.Count > maximumCount / 2 || _bytes > maximumBytes / 2;

    /// <summary>Whether so little waits that publishers go on: a quarter of what fits.</summary>
    public bool HasDrained => _waiting.Count <= maximumCount / 4 && _bytes <= maximumBytes / 4;

    /// <summary>What waits, oldest first.</summary>
    public IEnumerable<Delivery> Waiting => _waiting;

    public void Add(Delivery delivery)
    {
        if (delivery.WaitingSince == 0)
        {
            delivery.WaitingSince = clock.GetTimestamp();
        }

        _waiting.Enqueue(delivery);
        _bytes += delivery.Payload.Length;
        DropSurplus();
    }

    /// <summary>Puts messages, oldest first, in front of those that wait.</summary>
    public void PutBack(IEnumerable<Delivery> earlier)
    {
        var later = _waiting;
        (_waiting, _bytes) = (new Queue<Delivery>(), 0);
        foreach (var delivery in earlier.Concat(later))
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
        _bytes -= _waiting.Dequeue().Payload.Length;
        Taken++;
    }

    public void Clear()
    {
        _waiting.Clear();
        _bytes = 0;
    }

    private void DropSurplus()
    {
        while (_waiting.Count > 1 && (_waiting.Count > maximumCount || _bytes > maximumBytes))
        {
            Drop();
        }
    }

    private void Drop()
    {
        _bytes -= _waiting.Dequeue().Payload.Length;
        Dropped++;
    }

    private bool HasExpired(Delivery delivery) =>
        clock.GetElapsedTime(delivery.WaitingSince) >= lifetime || delivery.Properties?.HasExpired(clock) == true;
}
