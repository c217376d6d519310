using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace IoTF.Mqtt.Delivery;

/// <summary>One application message as it was received.</summary>
public sealed class InboundMessage
{
    private UInt128? _fingerprint;

    /// <summary>A message from a PUBLISH packet.</summary>
    /// <param name="topic">The topic name.</param>
    /// <param name="payload">The payload, owned by the message.</param>
    /// <param name="qualityOfService">The QoS it was delivered with.</param>
    /// <param name="packetId">Its packet id; 0 for QoS 0.</param>
    /// <param name="retain">The RETAIN flag.</param>
    /// <param name="duplicate">The DUP flag.</param>
    public InboundMessage(string topic, byte[] payload, QualityOfService qualityOfService, ushort packetId, bool retain, bool duplicate)
    {
        Topic = topic;
        Payload = payload;
        QualityOfService = qualityOfService;
        PacketId = packetId;
        Retain = retain;
        Duplicate = duplicate;
    }

    /// <summary>The topic name; empty after <see cref="ReleaseContent"/>.</summary>
    public string Topic { get; private set; }

    /// <summary>The payload; empty after <see cref="ReleaseContent"/>.</summary>
    public byte[] Payload { get; private set; }

    /// <summary>The QoS it was delivered with.</summary>
    public QualityOfService QualityOfService { get; }

    /// <summary>Its packet id; 0 for QoS 0.</summary>
    public ushort PacketId { get; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; }

    /// <summary>The DUP flag: the sender may have sent it before.</summary>
    public bool Duplicate { get; }

    /// <summary>What topic and payload are recognized by when the sender repeats the message: a part of their hash, since the sender may be anybody.</summary>
    internal UInt128 Fingerprint => _fingerprint ??= ComputeFingerprint();

    /// <summary>Forgets topic and payload, which somebody else has taken, while the message still waits to be acknowledged.</summary>
    public void ReleaseContent()
    {
        _ = Fingerprint;
        (Topic, Payload) = ("", []);
    }

    private UInt128 ComputeFingerprint()
    {
        Span<byte> hashes = stackalloc byte[2 * SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(Topic.AsSpan()), hashes);
        SHA256.HashData(Payload, hashes[SHA256.HashSizeInBytes..]);
        return new UInt128(BinaryPrimitives.ReadUInt64LittleEndian(hashes), BinaryPrimitives.ReadUInt64LittleEndian(hashes[SHA256.HashSizeInBytes..]));
    }

    internal InboundState State { get; set; }

    internal byte AnswerCode { get; set; }
}

/// <summary>Where a received message stands between arrival and acknowledgement.</summary>
internal enum InboundState : byte
{
    /// <summary>Known to no window (QoS 0, or the session it came from is gone): nothing to acknowledge.</summary>
    Free,

    /// <summary>Received, not consumed.</summary>
    Held,

    /// <summary>Consumed, acknowledgement due.</summary>
    Consumed,
}
