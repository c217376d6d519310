using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Protocol.Rules;

namespace IoTF.Client.Receiving;

/// <summary>What a session tells of messages that were dropped, are kept back, or wait for nobody. Safe to use from any thread.</summary>
internal sealed class ReceivingNotices(Notices notices, TimeProvider clock)
{
    /// <summary>The shortest time between two notices of drops, while a receiver cannot keep up.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>So many messages that nobody receives are worth a warning; a device has fewer under way, and they are nothing unusual when it begins.</summary>
    private const int Crowd = 100;

    private readonly object _gate = new();

    /// <summary>By filter: how many messages were dropped since that was told last.</summary>
    private readonly Dictionary<string, long> _untold = [];
    private readonly HashSet<string> _told = [];
    private long _dropped;
    private bool _hasUntold;
    private long? _toldAt;

    /// <summary>Messages that were dropped.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Messages of a subscription were dropped, because too much waited.</summary>
    public void CountDropped(string filter, int count)
    {
        if (count > 0)
        {
            lock (_gate)
            {
                _dropped += count;
                _untold[filter] = _untold.GetValueOrDefault(filter) + count;
                _hasUntold = true;
            }
        }
    }

    /// <summary>
    /// Makes a notice of what was dropped because too much waited. In a flood that goes on, one is made every <see cref="Pause"/>.
    /// </summary>
    /// <param name="isLast">Whether nobody will ask soon again, so that it is made in any case.</param>
    public void TellOfDropped(bool isLast)
    {
        if (!Volatile.Read(ref _hasUntold))
        {
            return;
        }

        lock (_gate)
        {
            if (!isLast && _toldAt is { } before && clock.GetElapsedTime(before) < Pause)
            {
                return;
            }

            foreach (var (filter, count) in _untold)
            {
                notices.Add(
                    NoticeLevel.Warning,
                    $"{count:N0} messages for '{filter}' were dropped, the oldest first: more than {InboxCapacity.Default} waited to be received. Receive them sooner, or have them sent with QoS 1.");
            }

            _untold.Clear();
            (_hasUntold, _toldAt) = (false, clock.GetTimestamp());
        }
    }

    /// <summary>A message was dropped, because it was larger than what is received.</summary>
    public void DropTooLarge(string topic, long size, int limit)
    {
        lock (_gate)
        {
            _dropped++;
        }

        notices.Count(
            NoticeTopic.TooLarge,
            NoticeLevel.Warning,
            1,
            times => $"{(times > 1 ? $"{times:N0} messages were too large to be received. The last one, " : "A message ")}of {size:N0} bytes on {Quotation.Of(topic)}{(times > 1 ? "," : "")} was acknowledged and dropped: at most {limit:N0} bytes are received. Have it sent in parts.");
    }

    /// <summary>The service does not grant a subscription.</summary>
    public void TellOfRefusal(Fault fault) => notices.Add(NoticeLevel.Warning, $"{fault.Message} {fault.Advice}");

    /// <summary>The service has dropped a message that nobody follows any more.</summary>
    public void DroppedByService(string what) => notices.Count(
        NoticeTopic.Dropped, NoticeLevel.Warning, 1, times => times == 1 ? what : $"{what} There were {times:N0} of them; Receive-IoTFNotification emits all.");

    /// <summary>
    /// So many messages are not acknowledged, because nobody receives them, that the service keeps the next ones in a queue, where they can be lost.
    /// </summary>
    public void TellOfHeldBack(int count) => TellOnce(
        nameof(TellOfHeldBack),
        count < Crowd ? NoticeLevel.Verbose : NoticeLevel.Warning,
        $"{count:N0} messages waited to be received. The service keeps later ones in a queue, and when that is full it drops the oldest without saying so. Receive them sooner, for instance with Register-IoTFAction.");

    /// <summary>So much waits to be received that nothing more is read for now.</summary>
    public void TellOfHold(long bytes) => TellOnce(
        nameof(TellOfHold),
        NoticeLevel.Warning,
        $"More than {bytes:N0} bytes wait to be received. Until some of them are, nothing more is read from the connection, also no acknowledgement of what is sent.");

    /// <summary>A message waits that no subscription of this process has brought.</summary>
    public void TellOfUnclaimed(string topic) => TellOnce(
        nameof(TellOfUnclaimed),
        NoticeLevel.Warning,
        $"A message on {Quotation.Of(topic)} arrived for a subscription of an earlier run. It is kept until it is received; while too many wait, the service sends nothing else.");

    private void TellOnce(string topic, NoticeLevel level, string message)
    {
        lock (_gate)
        {
            if (!_told.Add(topic))
            {
                return;
            }
        }

        notices.Add(level, message);
    }
}
