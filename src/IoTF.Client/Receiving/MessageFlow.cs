namespace IoTF.Client.Receiving;

/// <summary>
/// Whether messages come so thick and fast that waiting for a few of them keeps nobody waiting. One that comes alone is never in a dense flow.
/// </summary>
internal sealed class MessageFlow
{
    /// <summary>How many messages of a dense flow are read together: fewer than brokers commonly have in flight (Mosquitto 20, the service 10 to a device).</summary>
    public const int Together = 5;

    /// <summary>The flow is looked at over so long.</summary>
    private static readonly TimeSpan Span = TimeSpan.FromMilliseconds(5);

    /// <summary>So many messages in the span make it dense: 6,000 a second.</summary>
    private const int Dense = 30;

    private long _lookedAt;
    private long _messages;
    private long _bytes;
    private bool _isDense;

    /// <summary>About how many bytes a message has.</summary>
    public int MessageSize { get; private set; }

    /// <summary>Looks at the flow.</summary>
    /// <param name="messages">The messages so far.</param>
    /// <param name="bytes">The bytes so far.</param>
    /// <param name="clock">The clock.</param>
    public bool IsDense(long messages, long bytes, TimeProvider clock)
    {
        var now = clock.GetTimestamp();
        var elapsed = clock.GetElapsedTime(_lookedAt, now);
        if (elapsed >= Span)
        {
            var arrived = messages - _messages;
            _isDense = arrived >= Dense && elapsed < Span * 2;
            MessageSize = arrived > 0 ? (int)Math.Min((bytes - _bytes) / arrived, 4096) : 0;
            (_lookedAt, _messages, _bytes) = (now, messages, bytes);
        }

        return _isDense;
    }
}
