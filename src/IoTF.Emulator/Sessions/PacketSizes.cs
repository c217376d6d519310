using System.Text;
using IoTF.Mqtt;

namespace IoTF.Emulator.Sessions;

/// <summary>How many bytes packets of MQTT 5 have: a client may say how many it takes (MQTT-5.0 §3.1.2.11.4).</summary>
internal static class PacketSizes
{
    private const int TwoByteLength = 2;
    private const int PacketId = 2;

    public static long OfPublish(string topic, int payload, QualityOfService qualityOfService, PublishProperties? properties)
    {
        var described = properties?.WireSize ?? 0;
        var body = TwoByteLength + Encoding.UTF8.GetByteCount(topic)
            + (qualityOfService == QualityOfService.AtMostOnce ? 0 : PacketId)
            + BytesOfLength(described) + described
            + (long)payload;
        return 1 + BytesOfLength(body) + body;
    }

    /// <summary>A SUBACK or UNSUBACK with so many reason codes and no properties.</summary>
    public static long OfAnswer(int codes)
    {
        var body = PacketId + 1 + codes;
        return 1 + BytesOfLength(body) + body;
    }

    /// <summary>A length in MQTT's variable form (MQTT-5.0 §1.5.5).</summary>
    private static int BytesOfLength(long length) => length switch
    {
        < 128 => 1,
        < 16_384 => 2,
        < 2_097_152 => 3,
        _ => 4,
    };
}
