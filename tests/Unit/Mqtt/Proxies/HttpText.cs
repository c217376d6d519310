using System.Text;

namespace IoTF.Tests.Unit.Mqtt.Proxies;

/// <summary>HTTP as a scripted server reads and writes it.</summary>
internal static class HttpText
{
    public static async Task<string> ReadHeadAsync(Stream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            await stream.ReadExactlyAsync(one);
            text.Append((char)one[0]);
        }

        return text.ToString();
    }

    public static ValueTask WriteAsync(Stream stream, string text) => stream.WriteAsync(Encoding.Latin1.GetBytes(text));
}
