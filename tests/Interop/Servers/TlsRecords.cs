using System.Buffers.Binary;

namespace IoTF.Tests.Interop.Servers;

/// <summary>What a TLS record carries (RFC 5246 §6.2.1).</summary>
public enum TlsContent : byte
{
    ChangeCipherSpec = 20,
    Alert = 21,
    Handshake = 22,

    /// <summary>What the two ends say to each other under TLS: here, MQTT.</summary>
    ApplicationData = 23,
}

/// <summary>Reads the records of TLS up to version 1.2, whose kinds travel in clear.</summary>
public static class TlsRecords
{
    private const int HeaderLength = 5;

    /// <summary>The kinds of the records, in order.</summary>
    /// <exception cref="FormatException">Something in it is not TLS.</exception>
    public static IReadOnlyList<TlsContent> Kinds(ReadOnlySpan<byte> bytes)
    {
        List<TlsContent> kinds = [];
        while (!bytes.IsEmpty)
        {
            var kind = (TlsContent)bytes[0];
            if (!Enum.IsDefined(kind) || (bytes.Length > 1 && bytes[1] != 3))
            {
                throw new FormatException($"This is no TLS record: {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 32)])}.");
            }

            kinds.Add(kind);
            var length = bytes.Length < HeaderLength ? 0 : BinaryPrimitives.ReadUInt16BigEndian(bytes[3..]);
            bytes = bytes[Math.Min(bytes.Length, HeaderLength + length)..];
        }

        return kinds;
    }
}
