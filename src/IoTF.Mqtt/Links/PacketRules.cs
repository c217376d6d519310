using MQTTnet.Exceptions;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Mqtt.Links;

/// <summary>Rules for received packets that the decoder does not enforce, and whose breach would be met only when an answer is encoded.</summary>
internal static class PacketRules
{
    private const int Publish = 3;
    private const int PubRel = 6;
    private const int Subscribe = 8;
    private const int Unsubscribe = 10;
    private const int Auth = 15;

    /// <summary>Whether a packet that begins with this byte is a PUBLISH.</summary>
    public static bool IsPublish(byte header) => header >> 4 == Publish;

    /// <summary>Type and flags of the fixed header (MQTT-3.1.1 §2.2.1, §2.2.2). MQTT 3.1 has DUP on more packets and ignores flags it does not use.</summary>
    public static void CheckHeader(byte header, MqttVersion? version)
    {
        var flags = header & 0x0F;
        var type = header >> 4;
        Require(type is not 0 && (type is not Auth || version == MqttVersion.V5), $"no packet begins with the byte 0x{header:X2}");
        if (type == Publish)
        {
            Require((flags & 0x06) != 0x06, "a PUBLISH has QoS 3");
            Require((flags & 0x0E) != 0x08 || version == MqttVersion.V31, "a PUBLISH of QoS 0 has the DUP flag");
        }
        else if (version != MqttVersion.V31)
        {
            Require(flags == (type is PubRel or Subscribe or Unsubscribe ? 0x02 : 0x00), "a packet has reserved flags");
        }
    }

    /// <summary>The contents of a decoded packet.</summary>
    public static void Check(MqttPacket packet)
    {
        switch (packet)
        {
            case MqttPublishPacket publish:
                Require(publish.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce || publish.PacketIdentifier != 0, "a PUBLISH has the packet id 0");
                break;
            case MqttConnectPacket connect:
                Require(!connect.WillFlag || connect.WillQoS <= MqttQualityOfServiceLevel.ExactlyOnce, "the last will has QoS 3");
                break;
            case MqttSubscribePacket subscribe:
                Require(subscribe.TopicFilters.Count > 0, "a SUBSCRIBE has no topic filter");
                Require(subscribe.TopicFilters.TrueForAll(filter => filter.QualityOfServiceLevel <= MqttQualityOfServiceLevel.ExactlyOnce), "a SUBSCRIBE asks for QoS 3");
                Require(subscribe.PacketIdentifier != 0, "a SUBSCRIBE has the packet id 0");
                break;
            case MqttUnsubscribePacket unsubscribe:
                Require(unsubscribe.TopicFilters.Count > 0, "an UNSUBSCRIBE has no topic filter");
                Require(unsubscribe.PacketIdentifier != 0, "an UNSUBSCRIBE has the packet id 0");
                break;
            case MqttPacketWithIdentifier acknowledgement:
                Require(acknowledgement.PacketIdentifier != 0, "an acknowledgement has the packet id 0");
                break;
        }
    }

    private static void Require(bool condition, string breach)
    {
        if (!condition)
        {
            throw new MqttProtocolViolationException($"{breach}.");
        }
    }
}
