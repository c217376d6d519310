using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;

namespace IoTF.Emulator.Faults;

/// <summary>How fast a client's messages are read: the service counts in units of 4 KiB and slows its reading down (protocol.md §2.7).</summary>
internal sealed class ReadingPace(ClientRole role, TimeProvider clock)
{
    private readonly double _unitsPerSecond = ServiceLimits.PublishRate(role);
    private long _since = clock.GetTimestamp();
    private double _owed;

    /// <summary>Counts a message.</summary>
    /// <param name="bytes">Its payload.</param>
    /// <returns>How long nothing more is read. A second's worth may come at once.</returns>
    public TimeSpan Count(long bytes)
    {
        var now = clock.GetTimestamp();
        _owed = Math.Max(0, _owed - (clock.GetElapsedTime(_since, now).TotalSeconds * _unitsPerSecond));
        _since = now;
        _owed += Math.Max(1, Math.Ceiling(bytes / (double)ServiceLimits.RateUnit));
        return TimeSpan.FromSeconds(Math.Max(0, (_owed - _unitsPerSecond) / _unitsPerSecond));
    }
}
