using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Wills;

/// <summary>The last will of a client: what is published for it when its connection ends without DISCONNECT (MQTT-3.1.1 §3.1.2.5).</summary>
/// <param name="Message">The message as the client would have published it, with the QoS and the retain flag it is granted.</param>
/// <param name="Delay">MQTT 5: how long a lost client may take to come back before it is published.</param>
internal sealed record LastWill(MqttPublishPacket Message, TimeSpan Delay)
{
    /// <summary>The bytes of memory that it takes.</summary>
    public long Cost { get; } = MessageCost.Of(Message.Topic, (int)Message.Payload.Length, properties: null) + MessageCost.Of(Message);

    /// <summary>The will of a CONNECT. QoS and retain are lowered silently to what the organization allows (protocol.md §2.6).</summary>
    public static LastWill Of(MqttConnectPacket connect, OrganizationOptions options) => new(
        new MqttPublishPacket
        {
            Topic = connect.WillTopic,
            PayloadSegment = connect.WillMessage ?? [],
            QualityOfServiceLevel = (QualityOfService)connect.WillQoS > options.MaximumQoS ? (MqttQualityOfServiceLevel)options.MaximumQoS : connect.WillQoS,
            Retain = connect.WillRetain && options.AllowRetain,
            ContentType = connect.WillContentType,
            CorrelationData = connect.WillCorrelationData,
            MessageExpiryInterval = connect.WillMessageExpiryInterval,
            PayloadFormatIndicator = connect.WillPayloadFormatIndicator,
            ResponseTopic = connect.WillResponseTopic,
            UserProperties = connect.WillUserProperties,
        },
        TimeSpan.FromSeconds(connect.WillDelayInterval));
}
