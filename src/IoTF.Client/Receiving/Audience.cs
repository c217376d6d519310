namespace IoTF.Client.Receiving;

/// <summary>The receivers of one subscription that were given the same message: it is lost for nobody as long as one of them takes it.</summary>
internal sealed class Audience(int receivers)
{
    private int _left = receivers;
    private volatile bool _taken;

    /// <summary>One of them has taken it.</summary>
    public void Took() => _taken = true;

    /// <summary>One of them leaves without having taken it.</summary>
    /// <returns>Whether it was the last, and none has.</returns>
    public bool GiveUp() => Interlocked.Decrement(ref _left) == 0 && !_taken;
}
