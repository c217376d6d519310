using System.Text;

namespace IoTF.Bench.Wire;

/// <summary>The few MQTT 3.1.1 packets that the bench writes itself, so that what counts is made by none of those that are measured.</summary>
internal static class Packets
{
    public const byte ConnAck = 0x20;
    public const byte Publish = 0x30;
    public const byte PubAck = 0x40;
    public const byte PubRec = 0x50;
    public const byte SubAck = 0x90;

    /// <summary>How long an acknowledgement is.</summary>
    public const int AcknowledgementSize = 4;

    private const byte PubRel = 0x62;

    public static byte[] Disconnect { get; } = [0xE0, 0];

    /// <summary>A CONNECT with a clean session and without keep-alive.</summary>
    public static byte[] MakeConnect(string clientId) => Make(0x10, [.. Text("MQTT"), 4, 0x02, 0, 0, .. Text(clientId)]);

    /// <summary>The same with a user name and a password.</summary>
    public static byte[] MakeConnect(string clientId, string userName, string password) =>
        Make(0x10, [.. Text("MQTT"), 4, 0xC2, 0, 0, .. Text(clientId), .. Text(userName), .. Text(password)]);

    public static byte[] MakeSubscribe(string filter, int qos = 0) => Make(0x82, [0, 1, .. Text(filter), (byte)qos]);

    /// <summary>A PUBLISH of QoS 1 with a packet id.</summary>
    public static byte[] MakeNumberedPublish(string topic, string payload, ushort id) => Make(
        Publish | 2, [.. Text(topic), (byte)(id >> 8), (byte)id, .. Encoding.UTF8.GetBytes(payload)]);

    public static byte[] MakePubAck(ushort id) => [PubAck, 2, (byte)(id >> 8), (byte)id];

    /// <summary>The PUBREL that answers a PUBREC.</summary>
    public static byte[] MakePubRel(ReadOnlySpan<byte> received) => [PubRel, 2, received[2], received[3]];

    public static byte[] MakePublish(string topic, string payload, int qos) => Make(
        (byte)(Publish | (qos << 1)), [.. Text(topic), .. qos > 0 ? new byte[2] : [], .. Encoding.UTF8.GetBytes(payload)]);

    /// <summary>Finds where a packet ends.</summary>
    /// <returns>False when it is not there as a whole.</returns>
    public static bool TryMeasure(ReadOnlySpan<byte> bytes, out int headerSize, out int totalSize)
    {
        var remaining = 0;
        for (var i = 1; i < bytes.Length && i <= 4; i++)
        {
            remaining |= (bytes[i] & 0x7F) << (7 * (i - 1));
            if ((bytes[i] & 0x80) == 0)
            {
                headerSize = i + 1;
                totalSize = headerSize + remaining;
                return bytes.Length >= totalSize;
            }
        }

        headerSize = totalSize = 0;
        return false;
    }

    private static byte[] Make(byte header, byte[] body)
    {
        var length = new List<byte>();
        for (var left = body.Length; left > 0 || length.Count == 0; left >>= 7)
        {
            length.Add((byte)((left & 0x7F) | (left > 0x7F ? 0x80 : 0)));
        }

        return [header, .. length, .. body];
    }

    private static byte[] Text(string text) => [(byte)(text.Length >> 8), (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];
}
