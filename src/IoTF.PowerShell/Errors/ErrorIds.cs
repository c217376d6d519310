namespace IoTF.PowerShell.Errors;

/// <summary>
/// The identifiers of the module's errors: the part of <c>FullyQualifiedErrorId</c> before the comma. They are an interface:
/// scripts compare with them, so they are never renamed.
/// </summary>
public static class ErrorIds
{
    /// <summary>The input, or something in it, has no form in JSON.</summary>
    public const string NotSerializable = "NotSerializable";

    /// <summary>The input is nested more deeply than a payload may be, or contains itself.</summary>
    public const string PayloadTooDeep = "PayloadTooDeep";

    /// <summary>The payload has more bytes than the service accepts.</summary>
    public const string PayloadTooLarge = "PayloadTooLarge";

    /// <summary>The input contains a SecureString or a credential, which never leaves this machine as a payload.</summary>
    public const string PayloadHoldsSecret = "PayloadHoldsSecret";

    /// <summary>A byte array reached the cmdlet one byte at a time.</summary>
    public const string PayloadBytesUnrolled = "PayloadBytesUnrolled";
}
