namespace IoTF.Mqtt.Delivery;

/// <summary>One application message as it was received.</summary>
public sealed class InboundMessage
{
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

    /// <summary>The topic name.</summary>
    public string Topic { get; }

    /// <summary>The payload.</summary>
    public byte[] Payload { get; }

    /// <summary>The QoS it was delivered with.</summary>
    public QualityOfService QualityOfService { get; }

    /// <summary>Its packet id; 0 for QoS 0.</summary>
    public ushort PacketId { get; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; }

    /// <summary>The DUP flag: the sender may have sent it before.</summary>
    public bool Duplicate { get; }

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
