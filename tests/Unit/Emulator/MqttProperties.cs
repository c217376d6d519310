using System.Text;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Properties of MQTT 5 (MQTT-5.0 §2.2.2): right ones of a packet, and now and then ones that it may not have, twice, or broken.</summary>
internal sealed class MqttProperties(Random random)
{
    private const byte UserProperty = 0x26;

    /// <summary>Payload format, expiry, content type, response topic, correlation data, topic alias.</summary>
    public static readonly byte[] Publish = [0x01, 0x02, 0x03, 0x08, 0x09, 0x23, UserProperty];

    /// <summary>Session expiry, requested information, receive maximum, topic alias maximum, packet size.</summary>
    public static readonly byte[] Connect = [0x11, 0x17, 0x19, 0x21, 0x22, 0x27, UserProperty];

    public static readonly byte[] Subscribe = [0x0B, UserProperty];

    public static readonly byte[] Unsubscribe = [UserProperty];

    public static readonly byte[] Acknowledgement = [0x1F, UserProperty];

    private static readonly byte[] All =
        [0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x11, 0x12, 0x13, 0x15, 0x16, 0x17, 0x19, 0x1A, 0x1C, 0x1F, 0x21, 0x22, 0x23, 0x24, 0x25, UserProperty, 0x27, 0x28, 0x29, 0x2A, 0x2B, 0x00];

    private static readonly string[] Characters = ["a", "é", "€", "\U0001F600", "/", "+", " "];

    /// <summary>The length and the properties.</summary>
    public byte[] Make(byte[] allowed)
    {
        var bytes = new List<byte>();
        foreach (var id in allowed.Where(_ => random.Next(4) == 0))
        {
            Add(bytes, id);
        }

        switch (random.Next(60))
        {
            case 0:
                Add(bytes, All[random.Next(All.Length)]);
                break;
            case 1 when bytes.Count > 0:
                bytes[random.Next(bytes.Count)] = (byte)random.Next(256);
                break;
            case 2:
                // Longer or shorter than what follows.
                return [(byte)random.Next(128), .. bytes];
            case 3:
                // A length that does not end.
                return [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. bytes];
        }

        return bytes.Count < 128 ? [(byte)bytes.Count, .. bytes] : [(byte)(0x80 | (bytes.Count & 0x7F)), (byte)(bytes.Count >> 7), .. bytes];
    }

    private void Add(List<byte> bytes, byte id)
    {
        bytes.Add(id);
        switch (id)
        {
            case 0x01 or 0x17 or 0x19 or 0x24 or 0x25 or 0x28 or 0x29 or 0x2A:
                bytes.Add((byte)random.Next(2));
                break;
            case 0x13 or 0x22:
                bytes.AddRange([0, (byte)random.Next(9)]);
                break;
            case 0x21 or 0x23:
                bytes.AddRange([0, (byte)random.Next(1, 9)]);
                break;
            case 0x02 or 0x11:
                bytes.AddRange([0, 0, 0, (byte)random.Next(256)]);
                break;
            case 0x27:
                bytes.AddRange([0, (byte)random.Next(1, 4), 0, 0]);
                break;
            case 0x0B:
                bytes.Add((byte)random.Next(1, 128));
                break;
            case UserProperty:
                bytes.AddRange([.. Text(), .. Text()]);
                break;
            default:
                bytes.AddRange(Text());
                break;
        }
    }

    private byte[] Text()
    {
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => Characters[random.Next(Characters.Length)])));
        return [0, (byte)text.Length, .. text];
    }
}
