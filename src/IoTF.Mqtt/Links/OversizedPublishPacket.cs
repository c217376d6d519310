using System.Buffers.Binary;
using System.Text;
using MQTTnet.Packets;

namespace IoTF.Mqtt.Links;

/// <summary>A PUBLISH that was too large to be kept: what it begins with, and nothing of its payload.</summary>
public sealed class OversizedPublishPacket : MqttPacket
{
    private const int TopicOffset = 2;

    /// <summary>The topic name.</summary>
    public required string Topic { get; init; }

    /// <summary>The QoS it was sent with.</summary>
    public required QualityOfService QualityOfService { get; init; }

    /// <summary>Its packet id; 0 for QoS 0.</summary>
    public required ushort PacketIdentifier { get; init; }

    /// <summary>The RETAIN flag.</summary>
    public required bool Retain { get; init; }

    /// <summary>The DUP flag.</summary>
    public required bool Duplicate { get; init; }

    /// <summary>The bytes of the whole packet.</summary>
    public required long Size { get; init; }

    /// <summary>Reads what a PUBLISH begins with (MQTT-3.1.1 §3.3).</summary>
    /// <param name="first">The first byte of the packet.</param>
    /// <param name="arrived">What has arrived behind the fixed header.</param>
    /// <param name="bodySize">The bytes of the packet behind the fixed header.</param>
    /// <param name="size">The bytes of the whole packet.</param>
    /// <returns>Null when topic and packet id have not arrived yet.</returns>
    /// <exception cref="LinkException">It is no valid PUBLISH.</exception>
    internal static OversizedPublishPacket? Read(byte first, ReadOnlySpan<byte> arrived, int bodySize, long size)
    {
        var qualityOfService = (QualityOfService)((first >> 1) & 0x03);
        var idLength = qualityOfService == QualityOfService.AtMostOnce ? 0 : 2;
        if (arrived.Length < TopicOffset)
        {
            return null;
        }

        var topicLength = BinaryPrimitives.ReadUInt16BigEndian(arrived);
        var needed = TopicOffset + topicLength + idLength;
        Require(topicLength > 0 && needed <= bodySize, "the topic of a PUBLISH is empty, or longer than the packet");
        if (arrived.Length < needed)
        {
            return null;
        }

        var topic = arrived.Slice(TopicOffset, topicLength);
        var id = idLength == 0 ? (ushort)0 : BinaryPrimitives.ReadUInt16BigEndian(arrived[(TopicOffset + topicLength)..]);
        Require(idLength == 0 || id != 0, "a PUBLISH has the packet id 0");

        return new OversizedPublishPacket
        {
            Topic = Encoding.UTF8.GetString(topic),
            QualityOfService = qualityOfService,
            PacketIdentifier = id,
            Retain = (first & 0x01) != 0,
            Duplicate = (first & 0x08) != 0,
            Size = size,
        };
    }

    private static void Require(bool condition, string breach)
    {
        if (!condition)
        {
            throw new LinkException(LinkFailure.Malformed, $"The data received is not a valid MQTT packet: {breach}.");
        }
    }
}
