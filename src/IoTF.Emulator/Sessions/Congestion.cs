namespace IoTF.Emulator.Sessions;

/// <summary>
/// Whether publishers are held back for a queue, and until when: a flooded queue slows them down before it drops, unless its receivers take
/// nothing at all. The owner's gate guards it.
/// </summary>
internal sealed class Congestion(DeliveryQueue queue, EmulatorOptions options)
{
    private TaskCompletionSource? _room;
    private long _takenAtLastLook = -1;
    private long _progressAt;
    private bool _stalled;

    /// <summary>Whether publishers have to wait.</summary>
    public bool HoldsBack => !_stalled && queue.IsFlooded;

    /// <summary>Waits until publishers may go on.</summary>
    public Task WaitForRoomAsync() => HoldsBack
        ? (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
        : Task.CompletedTask;

    /// <summary>Something was taken from the queue.</summary>
    public void OnTaken()
    {
        if (queue.HasDrained)
        {
            Relieve();
        }
    }

    /// <summary>Looks, from time to time, whether a flooded queue still moves. Receivers that take nothing for a while are not waited for.</summary>
    public void LookForProgress(bool receiversAreThere)
    {
        if (!receiversAreThere || !queue.IsFlooded)
        {
            _takenAtLastLook = -1;
        }
        else if (_takenAtLastLook != queue.Taken)
        {
            _takenAtLastLook = queue.Taken;
            _progressAt = options.Clock.GetTimestamp();
        }
        else if (!_stalled && options.Clock.GetElapsedTime(_progressAt) >= options.SlowClientPatience)
        {
            Relieve();
            _stalled = true;
        }
    }

    /// <summary>Whoever waits goes on.</summary>
    public void Relieve()
    {
        _stalled = false;
        _takenAtLastLook = -1;
        _room?.TrySetResult();
        _room = null;
    }
}
