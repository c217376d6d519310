using IoTF.Mqtt.Transport;

namespace IoTF.Mqtt.Links;

/// <summary>How a link behaves.</summary>
public sealed record LinkOptions
{
    /// <summary>The version both ends speak; null on the accepting side, where the first packet tells.</summary>
    public MqttVersion? Version { get; init; }

    /// <summary>The largest packet that is accepted, in bytes with its header. A larger one ends the link before it is read; see <see cref="ReadsThroughLargePublish"/>.</summary>
    public int MaximumPacketSize { get; init; } = 1024 * 1024;

    /// <summary>
    /// Whether a PUBLISH that is too large is read to its end without being kept, and given out as <see cref="OversizedPublishPacket"/>: who
    /// closes the connection over a message instead gets it again with the next one, for as long as the other end keeps the session.
    /// </summary>
    public bool ReadsThroughLargePublish { get; init; }

    /// <summary>How many bytes may wait for the network before <see cref="Link.WaitForRoomAsync"/> waits.</summary>
    public int WriteAhead { get; init; } = 256 * 1024;

    /// <summary>How much of a hurry the reader is in, where the stream under the link goes by it.</summary>
    public ReadPace Pace { get; init; } = new();

    /// <summary>How far the connection under the link has got with what it was given, where it goes over TCP.</summary>
    public SendProgress Progress { get; init; } = new();

    /// <summary>
    /// The clock behind <see cref="Link.LastReceived"/> and <see cref="Link.LastSent"/>, and behind the second in which the reader can
    /// read what has arrived after a write failed.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where a write that is due is run: the thread pool, or what decides the order of everything in a simulation.</summary>
    internal Action<IThreadPoolWorkItem> RunWrite { get; init; } = static write => ThreadPool.UnsafeQueueUserWorkItem(write, preferLocal: false);
}
