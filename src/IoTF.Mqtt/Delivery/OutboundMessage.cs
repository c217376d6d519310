namespace IoTF.Mqtt.Delivery;

/// <summary>Where a message that is being sent stands.</summary>
public enum OutboundState : byte
{
    /// <summary>Not handed to the delivery rules yet, or not to be sent at all.</summary>
    New,

    /// <summary>QoS 2: PUBREL sent for whatever an earlier owner of the session left under this id; its PUBCOMP is awaited before the PUBLISH.</summary>
    AwaitingRelease,

    /// <summary>QoS 2: its id is free for it; its PUBLISH waits for messages before it whose ids are not, or they would be overtaken (MQTT-3.1.1 §4.6).</summary>
    Released,

    /// <summary>QoS 1: PUBLISH sent, PUBACK awaited.</summary>
    AwaitingPubAck,

    /// <summary>QoS 2: PUBLISH sent, PUBREC awaited.</summary>
    AwaitingPubRec,

    /// <summary>QoS 2: PUBREL sent, PUBCOMP awaited. The receiver has the message.</summary>
    AwaitingPubComp,

    /// <summary>Acknowledged, refused or given up; the packet id is free.</summary>
    Settled,
}

/// <summary>One application message on its way out. It is its own entry in the window, so nothing is allocated per message beside it.</summary>
public class OutboundMessage
{
    /// <summary>Makes a message that has not been sent.</summary>
    /// <param name="topic">A topic name without wildcards.</param>
    /// <param name="payload">The payload, which must not change until the message is settled.</param>
    /// <param name="qualityOfService">The MQTT quality of service.</param>
    /// <param name="retain">The RETAIN flag.</param>
    public OutboundMessage(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, bool retain = false)
    {
        Topic = topic;
        Payload = payload;
        QualityOfService = qualityOfService;
        Retain = retain;
    }

    /// <summary>The topic name.</summary>
    public string Topic { get; }

    /// <summary>The payload as it goes over the wire.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The MQTT quality of service.</summary>
    public QualityOfService QualityOfService { get; }

    /// <summary>The RETAIN flag.</summary>
    public bool Retain { get; }

    /// <summary>The packet id, 1 to 65,535, while the message is in flight; 0 before and for QoS 0.</summary>
    public ushort PacketId { get; internal set; }

    /// <summary>Where the message stands.</summary>
    public OutboundState State { get; internal set; }

    /// <summary>How often its PUBLISH was queued: 1 unless it was sent again.</summary>
    public int Transmissions { get; internal set; }

    /// <summary>Waits to be sent again over a new connection.</summary>
    internal bool IsHeldBack { get; set; }

    internal OutboundMessage? Previous { get; set; }

    internal OutboundMessage? Next { get; set; }
}
