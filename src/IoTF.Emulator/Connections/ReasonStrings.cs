using System.Text;

namespace IoTF.Emulator.Connections;

/// <summary>The words of MQTT 5 that a packet may have, as long as it is no larger than the client takes (MQTT-5.0 §3.2.2.3.9, §3.14.2.2.3).</summary>
internal static class ReasonStrings
{
    // More than a CONNACK or DISCONNECT of this emulator has beside the words.
    private const int Beside = 64;

    public static string? Fit(string words, uint maximumPacketSize) => Encoding.UTF8.GetByteCount(words) + Beside <= maximumPacketSize ? words : null;
}
