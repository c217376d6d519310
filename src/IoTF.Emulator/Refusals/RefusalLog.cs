namespace IoTF.Emulator.Refusals;

/// <summary>Remembers the latest refusals, so that a user finds out why the service would close a connection.</summary>
internal sealed class RefusalLog(int capacity, TimeProvider clock)
{
    private readonly Queue<EmulatorRefusal> _latest = new();

    public void Add(string? clientId, string remoteAddress, int closeCode, string reason)
    {
        var refusal = new EmulatorRefusal(clock.GetUtcNow(), clientId, remoteAddress, closeCode, reason);
        lock (_latest)
        {
            while (_latest.Count > 0 && _latest.Count >= capacity)
            {
                _latest.Dequeue();
            }

            _latest.Enqueue(refusal);
        }
    }

    public IReadOnlyList<EmulatorRefusal> Snapshot()
    {
        lock (_latest)
        {
            return _latest.ToArray();
        }
    }
}
