namespace IoTF.Mqtt.Delivery;

/// <summary>Where the delivery rules put the packets that have to be sent. A link is one; a test records.</summary>
/// <remarks>Calls queue and return at once. Reason codes are MQTT 5's and are left out on the wire of the older versions.</remarks>
public interface IPacketSink
{
    /// <summary>Queues a PUBLISH with the message's packet id.</summary>
    /// <param name="message">The message; its <see cref="OutboundMessage.PacketId"/> is set when the QoS needs one.</param>
    /// <param name="duplicate">The DUP flag: this packet may have been received before (MQTT-3.1.1 §3.3.1.1).</param>
    void Publish(OutboundMessage message, bool duplicate);

    /// <summary>Queues a PUBACK.</summary>
    void PubAck(ushort packetId, byte reasonCode);

    /// <summary>Queues a PUBREC.</summary>
    void PubRec(ushort packetId, byte reasonCode);

    /// <summary>Queues a PUBREL.</summary>
    void PubRel(ushort packetId, byte reasonCode);

    /// <summary>Queues a PUBCOMP.</summary>
    void PubComp(ushort packetId, byte reasonCode);
}
