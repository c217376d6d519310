using System.Text;
using IoTF.Mqtt;

namespace IoTF.Client.Sending;

/// <summary>How large the packet of a message is.</summary>
internal static class PublishSize
{
    /// <summary>The bytes of its PUBLISH in MQTT 5, which has no properties (MQTT-5.0 §3.3): what a Maximum Packet Size limits.</summary>
    public static long InVersion5(PendingMessage message)
    {
        const int TopicLength = 2;
        const int NoProperties = 1;
        var packetId = message.QualityOfService == QualityOfService.AtMostOnce ? 0 : 2;
        var body = (long)TopicLength + Encoding.UTF8.GetByteCount(message.Topic) + packetId + NoProperties + message.Payload.Length;
        var bodyLength = body switch
        {
            < 1 << 7 => 1,
            < 1 << 14 => 2,
            < 1 << 21 => 3,
            _ => 4,
        };
        return 1 + bodyLength + body;
    }
}
