using System.Globalization;
using System.Text;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>A message as <c>mosquitto_sub</c> received it.</summary>
public sealed record ReceivedMessage(string Topic, int QoS, bool Retain, byte[] Payload)
{
    /// <summary>The format of <c>mosquitto_sub -F</c> that <see cref="Parse"/> reads: hexadecimal, so that any payload is one line; the topic last, because it may contain blanks.</summary>
    internal const string Format = Prefix + "%q %r %x %t";

    private const string Prefix = "message ";

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>False for the lines of the client's debug output.</summary>
    internal static bool IsMessage(string line) => line.StartsWith(Prefix, StringComparison.Ordinal);

    internal static ReceivedMessage Parse(string line)
    {
        var parts = line[Prefix.Length..].Split(' ', 4);
        return new ReceivedMessage(parts[3], int.Parse(parts[0], CultureInfo.InvariantCulture), parts[1] == "1", Convert.FromHexString(parts[2]));
    }
}
