using System.Buffers;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Sessions;

/// <summary>Writes what the delivery rules say to a client's link, with MQTT 5's properties where a message has them.</summary>
internal sealed class DeliverySink(Link link, TimeProvider clock) : IPacketSink
{
    public void Publish(OutboundMessage message, bool duplicate)
    {
        if (message is not Delivery { Properties: { } properties } || link.Version != MqttVersion.V5)
        {
            link.Publish(message, duplicate);
            return;
        }

        var packet = new MqttPublishPacket
        {
            Topic = message.Topic,
            Payload = new ReadOnlySequence<byte>(message.Payload),
            QualityOfServiceLevel = (MqttQualityOfServiceLevel)message.QualityOfService,
            PacketIdentifier = message.PacketId,
            Dup = duplicate,
            Retain = message.Retain,
        };
        properties.WriteTo(packet, clock);
        link.Send(packet);
    }

    public void PubAck(ushort packetId, byte reasonCode) => link.PubAck(packetId, reasonCode);

    public void PubRec(ushort packetId, byte reasonCode) => link.PubRec(packetId, reasonCode);

    public void PubRel(ushort packetId, byte reasonCode) => link.PubRel(packetId, reasonCode);

    public void PubComp(ushort packetId, byte reasonCode) => link.PubComp(packetId, reasonCode);
}
