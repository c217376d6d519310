using System.Buffers.Binary;

namespace IoTF.Mqtt.Links;

/// <summary>
/// Numbers of a CONNACK of MQTT 5 whose absence means something else than zero (MQTT-5.0 §3.2.2.3). The decoder says zero for both.
/// </summary>
/// <param name="ServerKeepAlive">The keep-alive that the server sets, in seconds, 0 for none; null when it leaves that to the client.</param>
/// <param name="SessionExpiry">How long the server keeps the session, in seconds; null for as long as the client asked for.</param>
public sealed record ConnAckNumbers(ushort? ServerKeepAlive, uint? SessionExpiry)
{
    private const byte SessionExpiryInterval = 0x11;
    private const byte ServerKeepAliveProperty = 0x13;
    private const byte UserProperty = 0x26;

    /// <summary>Reads the body of a CONNACK that the decoder has taken for a right one.</summary>
    internal static ConnAckNumbers Read(ReadOnlySpan<byte> body)
    {
        // Flags and reason code, then the length of the properties in one to four bytes.
        var rest = body[2..];
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            length |= (rest[0] & 0x7F) << shift;
            var isLast = rest[0] < 0x80;
            rest = rest[1..];
            if (isLast)
            {
                break;
            }
        }

        ushort? keepAlive = null;
        uint? expiry = null;
        for (rest = rest[..length]; rest.Length > 0;)
        {
            var id = rest[0];
            var value = rest[1..];
            switch (id)
            {
                case SessionExpiryInterval:
                    expiry = BinaryPrimitives.ReadUInt32BigEndian(value);
                    break;
                case ServerKeepAliveProperty:
                    keepAlive = BinaryPrimitives.ReadUInt16BigEndian(value);
                    break;
            }

            rest = value[SizeOf(id, value)..];
        }

        return new ConnAckNumbers(keepAlive, expiry);
    }

    /// <summary>The size of a property's value (MQTT-5.0 §2.2.2.2).</summary>
    private static int SizeOf(byte id, ReadOnlySpan<byte> value) => id switch
    {
        SessionExpiryInterval or 0x27 => 4,
        ServerKeepAliveProperty or 0x21 or 0x22 => 2,
        0x24 or 0x25 or 0x28 or 0x29 or 0x2A => 1,
        UserProperty => TextSize(value) + TextSize(value[TextSize(value)..]),
        _ => TextSize(value),
    };

    private static int TextSize(ReadOnlySpan<byte> value) => 2 + BinaryPrimitives.ReadUInt16BigEndian(value);
}
