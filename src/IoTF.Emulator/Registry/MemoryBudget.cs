namespace IoTF.Emulator.Registry;

/// <summary>
/// How many bytes the clients of one organization can make the emulator keep: a bound of this emulator, which keeps them in memory. Each of those
/// who keep something takes no more than is left for all others, so that one that is greedy leaves room for the rest.
/// </summary>
internal sealed class MemoryBudget(long limit)
{
    private long _used;

    /// <summary>What is left; less than nothing when more is kept than was meant to be.</summary>
    public long Free => limit - Interlocked.Read(ref _used);

    public void Add(long bytes) => Interlocked.Add(ref _used, bytes);

    public void Remove(long bytes) => Interlocked.Add(ref _used, -bytes);

    /// <summary>Takes bytes if they are left.</summary>
    public bool TryAdd(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= limit)
        {
            return true;
        }

        Remove(bytes);
        return false;
    }
}
