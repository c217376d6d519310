using System.Text;
using IoTF.Emulator.Persistence;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Sessions;

/// <summary>What MQTT 5 lets a publisher say about a message beside its topic and payload; passed on unchanged (MQTT-5.0 §3.3.2.3).</summary>
internal sealed class PublishProperties
{
    private readonly MqttPublishPacket _packet;
    private readonly long _received;

    private PublishProperties(MqttPublishPacket packet, long received)
    {
        _packet = packet;
        _received = received;
        WireSize = SizeOf(packet);
        Cost = MessageCost.Of(packet);
    }

    /// <summary>The bytes of memory that they take.</summary>
    public long Cost { get; }

    /// <summary>The bytes of all of them in a packet.</summary>
    public int WireSize { get; }

    /// <summary>The properties of a received message; null when it has none, as is usual.</summary>
    public static PublishProperties? Of(MqttPublishPacket packet, TimeProvider clock) =>
        packet.ContentType is null
        && packet.CorrelationData is null
        && packet.ResponseTopic is null
        && packet.UserProperties is null or { Count: 0 }
        && packet.MessageExpiryInterval == 0
        && packet.PayloadFormatIndicator == MqttPayloadFormatIndicator.Unspecified
            ? null
            : new PublishProperties(
                new MqttPublishPacket
                {
                    ContentType = packet.ContentType,
                    CorrelationData = packet.CorrelationData,
                    ResponseTopic = packet.ResponseTopic,
                    UserProperties = packet.UserProperties,
                    MessageExpiryInterval = packet.MessageExpiryInterval,
                    PayloadFormatIndicator = packet.PayloadFormatIndicator,
                },
                clock.GetTimestamp());

    /// <summary>Whether the time the publisher gave the message has passed.</summary>
    public bool HasExpired(TimeProvider clock) =>
        _packet.MessageExpiryInterval > 0 && clock.GetElapsedTime(_received).TotalSeconds >= _packet.MessageExpiryInterval;

    public void WriteTo(MqttPublishPacket packet, TimeProvider clock)
    {
        packet.ContentType = _packet.ContentType;
        packet.CorrelationData = _packet.CorrelationData;
        packet.ResponseTopic = _packet.ResponseTopic;
        packet.UserProperties = _packet.UserProperties;
        packet.PayloadFormatIndicator = _packet.PayloadFormatIndicator;
        if (_packet.MessageExpiryInterval > 0)
        {
            // A receiver is told what is left, at least a second of it (MQTT-5.0 §3.3.2.3.3).
            var waited = (uint)Math.Min(clock.GetElapsedTime(_received).TotalSeconds, _packet.MessageExpiryInterval - 1);
            packet.MessageExpiryInterval = _packet.MessageExpiryInterval - waited;
        }
    }

    /// <summary>Its form in the file of the local service.</summary>
    public SavedProperties Save(TimeProvider clock) => new()
    {
        ContentType = _packet.ContentType,
        CorrelationData = _packet.CorrelationData,
        ResponseTopic = _packet.ResponseTopic,
        IsText = _packet.PayloadFormatIndicator == MqttPayloadFormatIndicator.CharacterData,
        SecondsLeft = _packet.MessageExpiryInterval == 0 ? 0 : (uint)Math.Max(1, _packet.MessageExpiryInterval - clock.GetElapsedTime(_received).TotalSeconds),
        UserProperties = _packet.UserProperties?.ConvertAll(static property => new SavedUserProperty(property.Name, property.ValueBuffer.ToArray())),
    };

    private static int SizeOf(MqttPublishPacket packet)
    {
        const int Identifier = 1;
        const int Length = 2;
        var size = packet.PayloadFormatIndicator == MqttPayloadFormatIndicator.Unspecified ? 0 : Identifier + sizeof(byte);
        size += packet.MessageExpiryInterval == 0 ? 0 : Identifier + sizeof(uint);
        size += packet.ContentType is { } type ? Identifier + Length + Encoding.UTF8.GetByteCount(type) : 0;
        size += packet.ResponseTopic is { } topic ? Identifier + Length + Encoding.UTF8.GetByteCount(topic) : 0;
        size += packet.CorrelationData is { } data ? Identifier + Length + data.Length : 0;
        foreach (var property in packet.UserProperties ?? [])
        {
            size += Identifier + Length + Encoding.UTF8.GetByteCount(property.Name) + Length + property.ValueBuffer.Length;
        }

        return size;
    }

    /// <summary>What was saved; while the service was away, the time that the publisher gave the message stood still.</summary>
    public static PublishProperties Restore(SavedProperties saved, TimeProvider clock) => new(
        new MqttPublishPacket
        {
            ContentType = saved.ContentType,
            CorrelationData = saved.CorrelationData,
            ResponseTopic = saved.ResponseTopic,
            PayloadFormatIndicator = saved.IsText ? MqttPayloadFormatIndicator.CharacterData : MqttPayloadFormatIndicator.Unspecified,
            MessageExpiryInterval = saved.SecondsLeft,
            UserProperties = saved.UserProperties?.Select(static property => new MqttUserProperty(property.Name, property.Value)).ToList(),
        },
        clock.GetTimestamp());
}
