namespace IoTF.Client.Receiving;

/// <summary>
/// Room for messages that the service keeps until they are acknowledged (QoS 1 and 2). How many it sends before that it decides itself, before
/// MQTT 5; when they have too many bytes, nothing is read until some were received, and TCP makes the service wait.
/// </summary>
/// <param name="limit">So many bytes may wait.</param>
internal sealed class ReceivingRoom(long limit)
{
    /// <summary>More than a service sends that keeps to the limits: 2,000 messages of 128 KiB.</summary>
    public const long DefaultLimit = 256 * 1024 * 1024;

    private readonly object _gate = new();
    private long _taken;
    private TaskCompletionSource? _freed;

    /// <summary>Whether there is room.</summary>
    public bool IsFree => Volatile.Read(ref _taken) <= limit;

    /// <summary>A message waits.</summary>
    public void Take(long size)
    {
        lock (_gate)
        {
            _taken += size;
        }
    }

    /// <summary>A message does not wait any more.</summary>
    public void Free(long size)
    {
        lock (_gate)
        {
            _taken -= size;
            if (_freed is not null && IsFree)
            {
                _freed.TrySetResult();
                _freed = null;
            }
        }
    }

    /// <summary>Waits until there is room.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return IsFree
                ? Task.CompletedTask
                : (_freed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task.WaitAsync(cancellationToken);
        }
    }
}
