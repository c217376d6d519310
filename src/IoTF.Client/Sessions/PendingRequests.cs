using IoTF.Client.Faults;

namespace IoTF.Client.Sessions;

/// <summary>The SUBSCRIBE and UNSUBSCRIBE packets whose answers are awaited. They belong to one connection; the owner guards them.</summary>
internal sealed class PendingRequests
{
    private readonly Dictionary<ushort, TaskCompletionSource<IReadOnlyList<byte>>> _awaited = [];

    /// <summary>Whether an answer is awaited.</summary>
    public bool AreAwaited => _awaited.Count > 0;

    /// <summary>A request was sent; its answer will be the task's result.</summary>
    public Task<IReadOnlyList<byte>> Add(ushort packetId)
    {
        var answer = new TaskCompletionSource<IReadOnlyList<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _awaited.Add(packetId, answer);
        return answer.Task;
    }

    /// <summary>An answer arrived.</summary>
    /// <returns>Whether it was awaited.</returns>
    public bool Answer(ushort packetId, IReadOnlyList<byte> reasonCodes) =>
        _awaited.Remove(packetId, out var answer) && answer.TrySetResult(reasonCodes);

    /// <summary>The connection is gone: nothing will be answered.</summary>
    /// <returns>The packet ids that are free again.</returns>
    public IReadOnlyList<ushort> Fail(Fault fault)
    {
        ushort[] ids = [.. _awaited.Keys];
        foreach (var answer in _awaited.Values)
        {
            // Who asked may have stopped waiting: looked at here, it is never an exception that nobody observed.
            answer.TrySetException(new FaultException(fault));
            _ = answer.Task.Exception;
        }

        _awaited.Clear();
        return ids;
    }
}
