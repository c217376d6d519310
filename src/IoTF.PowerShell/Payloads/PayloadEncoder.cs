using System.Management.Automation;
using System.Text;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Messages;

namespace IoTF.PowerShell.Payloads;

/// <summary>Turns what a script hands over into the bytes of a payload.</summary>
/// <remarks>
/// <para>
/// Bytes (<c>byte[]</c>, or an array of nothing but bytes) go as they are, with the format <c>bin</c>. Strings go as they are, in UTF-8 without a byte
/// order mark. A received message goes on with its payload and its format. Everything else becomes compact JSON by the rules of <see cref="JsonPayloadWriter"/>.
/// </para>
/// <para>
/// The default format of a string is <c>json</c> as well: what scripts have in a string is most often JSON that they made or read, every peer reads
/// <c>json</c>, and a word chosen by looking into the string would send neighboring messages to different topics. <c>-Format text</c> names other text.
/// </para>
/// <para>An encoder keeps its buffers. One belongs to one cmdlet and is used by one thread at a time.</para>
/// </remarks>
internal sealed class PayloadEncoder
{
    private readonly int _maximumBytes;

    /// <summary>Made for the first input that becomes JSON: a call that sends a string needs none.</summary>
    private JsonPayloadWriter? _json;

    /// <summary>Makes an encoder.</summary>
    /// <param name="maximumBytes">The largest payload that may be sent, in bytes.</param>
    internal PayloadEncoder(int maximumBytes)
    {
        _maximumBytes = maximumBytes;
    }

    /// <summary>Encodes one input.</summary>
    /// <param name="data">The input as PowerShell bound it. <see langword="null"/> is JSON's <c>null</c>.</param>
    /// <param name="format">The format word that the user gave, or <see langword="null"/> for the default of the input's kind.</param>
    /// <exception cref="PayloadException">The input has no form as a payload, or is too large.</exception>
    internal EncodedPayload Encode(object? data, string? format)
    {
        var value = data is PSObject wrapped ? wrapped.BaseObject : data;

        // Bytes are copied: a script may fill the same buffer again while the message is still on its way.
        return value switch
        {
            string text => new EncodedPayload(EncodeText(text), format ?? PayloadFormats.Json),
            byte[] bytes => new EncodedPayload((byte[])Checked(bytes).Clone(), format ?? PayloadFormats.Binary),
            object[] items when AllBytes(items) is { } bytes => new EncodedPayload(Checked(bytes), format ?? PayloadFormats.Binary),
            IoTFMessage message => new EncodedPayload(Checked(message.Payload), format ?? message.Format),
            System.Xml.XmlNode xml => new EncodedPayload(EncodeText(xml.OuterXml), format ?? "xml"),
            byte => throw new PayloadException(
                ErrorIds.PayloadBytesUnrolled,
                "The pipeline unrolled a byte array.",
                "Pass it with -Data, or as `,$bytes`; send a number as [int]."),
            _ => new EncodedPayload((_json ??= new JsonPayloadWriter(_maximumBytes)).Write(data), format ?? PayloadFormats.Json),
        };
    }

    /// <summary>What to say about a payload that is too large.</summary>
    internal static PayloadException TooLarge(int maximumBytes) => new(
        ErrorIds.PayloadTooLarge,
        $"The payload has more than the {maximumBytes} bytes that the service accepts.",
        "Send less in one message: select properties with Select-Object, or split the data.");

    private static byte[]? AllBytes(object[] items)
    {
        if (items.Length == 0)
        {
            return null;
        }

        var bytes = new byte[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            if ((items[i] is PSObject wrapped ? wrapped.BaseObject : items[i]) is not byte one)
            {
                return null;
            }

            bytes[i] = one;
        }

        return bytes;
    }

    private byte[] EncodeText(string text)
    {
        // UTF-8 never has fewer bytes than UTF-16 has characters, so a hopeless string is not even converted.
        return text.Length > _maximumBytes ? throw TooLarge(_maximumBytes) : Checked(Encoding.UTF8.GetBytes(text));
    }

    private byte[] Checked(byte[] bytes) => bytes.Length > _maximumBytes ? throw TooLarge(_maximumBytes) : bytes;
}
