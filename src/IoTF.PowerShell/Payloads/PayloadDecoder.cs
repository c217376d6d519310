using System.Text;
using System.Text.Json;

namespace IoTF.PowerShell.Payloads;

/// <summary>Turns the bytes of a received payload into what a script works with. Never throws: what arrives is not the script's fault.</summary>
internal static class PayloadDecoder
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes a payload by its format word.</summary>
    /// <param name="payload">The bytes as received.</param>
    /// <param name="format">The format word of the topic.</param>
    /// <param name="error">Why there is no value although there are bytes; otherwise <see langword="null"/>.</param>
    /// <returns>
    /// JSON: what <see cref="JsonPayloadReader"/> makes of it. Text formats: a string. Others: the bytes.
    /// An empty payload is <see langword="null"/> for JSON, and an empty string or array for the others.
    /// </returns>
    internal static object? Decode(byte[] payload, string format, out string? error)
    {
        error = null;
        try
        {
            return PayloadFormats.IsJson(format) ? JsonPayloadReader.Read(payload)
                : PayloadFormats.IsText(format) ? Strict.GetString(WithoutMark(payload))
                : payload;
        }
        catch (JsonException fault)
        {
            error = $"The payload is not valid JSON: {fault.Message}";
        }
        catch (DecoderFallbackException fault)
        {
            error = $"The payload is not valid UTF-8 text: {fault.Message}";
        }
        catch (InvalidOperationException fault)
        {
            // The reader's answer to a JSON string that is not valid UTF-8 or UTF-16 inside.
            error = $"The payload is not valid JSON text: {fault.Message}";
        }

        return null;
    }

    /// <summary>The payload as text, whatever it is: bytes that are not UTF-8 become U+FFFD.</summary>
    internal static string Text(byte[] payload) => Encoding.UTF8.GetString(WithoutMark(payload));

    /// <summary>Leaves out the byte order mark that some senders put in front of their text.</summary>
    internal static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> payload) =>
        payload.StartsWith(Encoding.UTF8.Preamble) ? payload[Encoding.UTF8.Preamble.Length..] : payload;
}
