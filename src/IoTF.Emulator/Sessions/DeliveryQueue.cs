using System.Diagnostics.CodeAnalysis;

namespace IoTF.Emulator.Sessions;

/// <summary>What waits for one client, bounded by count and bytes: the oldest is dropped for the newest (protocol.md §2.6).</summary>
internal sealed class DeliveryQueue(int maximumCount, long maximumBytes)
{
    private readonly Queue<Delivery> _waiting = new();
    private long _bytes;

    public int Count => _waiting.Count;

    /// <summary>Messages dropped since the queue was made.</summary>
    public long Dropped { get; private set; }

    /// <summary>Messages taken out since the queue was made: whether there is progress.</summary>
    public long Taken { get; private set; }

    /// <summary>Whether so much waits that publishers are slowed down: half of what fits.</summary>
    public bool IsFlooded => _waiting.Count > maximumCount / 2 || _bytes > maximumBytes / 2;

    /// <summary>Whether so little waits that publishers go on: a quarter of what fits.</summary>
    public bool HasDrained => _waiting.Count <= maximumCount / 4 && _bytes <= maximumBytes / 4;

    public void Add(Delivery delivery)
    {
        _waiting.Enqueue(delivery);
        _bytes += delivery.Payload.Length;
        while (_waiting.Count > 1 && (_waiting.Count > maximumCount || _bytes > maximumBytes))
        {
            _bytes -= _waiting.Dequeue().Payload.Length;
            Dropped++;
        }
    }

    public bool TryPeek([NotNullWhen(true)] out Delivery? delivery) => _waiting.TryPeek(out delivery);

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
}
