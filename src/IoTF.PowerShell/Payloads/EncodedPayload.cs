namespace IoTF.PowerShell.Payloads;

/// <summary>A payload that is ready to be sent.</summary>
/// <param name="Bytes">Exactly the bytes of the payload.</param>
/// <param name="Format">The format word for the topic.</param>
internal readonly record struct EncodedPayload(byte[] Bytes, string Format);
