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

    /// <summary>Messages begin to be dropped because too many wait.</summary>
    /// <param name="clientId">Whose they are; null for those of a shared subscription.</param>
    /// <param name="receiver">For whom they wait.</param>
    public void AddOverflow(string? clientId, string receiver) => Add(
        clientId,
        remoteAddress: "emulator",
        CloseReason.SlowClient.Code,
        $"More messages wait for {receiver} than are kept: the oldest are dropped until it receives what waits.");

    /// <summary>The emulator itself failed at something in the background. What fails again and again is told once.</summary>
    public void AddProblem(Exception exception)
    {
        var reason = $"{CloseReason.ServerProblem.Words} {exception.GetType().Name}: {exception.Message}";
        lock (_latest)
        {
            if (_latest.LastOrDefault() is not { } last || last.Reason != reason)
            {
                Add(clientId: null, remoteAddress: "emulator", CloseReason.ServerProblem.Code, reason);
            }
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
