using IoTF.Emulator.Refusals;
using IoTF.Protocol.Limits;
using MQTTnet.Packets;

namespace IoTF.Emulator.Connections;

/// <summary>The topic aliases of one MQTT 5 client (MQTT-5.0 §3.3.2.3.4); the service takes eight (protocol.md §2.6).</summary>
internal sealed class TopicAliases
{
    private string?[]? _topics;

    /// <summary>Puts the topic into a message that has only its alias, and remembers it of one that has both.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public CloseReason? Resolve(MqttPublishPacket packet)
    {
        if (packet.TopicAlias == 0)
        {
            return null;
        }

        if (packet.TopicAlias > ServiceLimits.TopicAliasMaximum)
        {
            return CloseReason.TopicAlias;
        }

        ref var topic = ref (_topics ??= new string?[ServiceLimits.TopicAliasMaximum])[packet.TopicAlias - 1];
        if (!string.IsNullOrEmpty(packet.Topic))
        {
            topic = packet.Topic;
        }

        packet.Topic = topic;
        return topic is null ? CloseReason.ProtocolError : null;
    }
}
