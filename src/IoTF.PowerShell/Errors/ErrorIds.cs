namespace IoTF.PowerShell.Errors;

/// <summary>
/// The identifiers of the module's own errors: the part of <c>FullyQualifiedErrorId</c> before the comma. They are an interface:
/// scripts compare with them, so they are never renamed. Faults of connections and rules of the service bring ids of their own.
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

    /// <summary>There is no open session that can do what was asked.</summary>
    public const string NoSession = "NoSession";

    /// <summary>Several open sessions can do what was asked.</summary>
    public const string SeveralSessions = "SeveralSessions";

    /// <summary>A session with this identity is open with other options.</summary>
    public const string SessionDiffers = "SessionDiffers";

    /// <summary>A session with this name is open.</summary>
    public const string NameInUse = "NameInUse";

    /// <summary>The role of the session cannot do what was asked.</summary>
    public const string RoleCannot = "RoleCannot";

    /// <summary>Neither a token nor a credential was given.</summary>
    public const string TokenNeeded = "TokenNeeded";

    /// <summary>Both a token and a credential were given.</summary>
    public const string TwoCredentials = "TwoCredentials";

    /// <summary>The organisation was not given and cannot be told from the API key.</summary>
    public const string OrganizationNeeded = "OrganizationNeeded";

    /// <summary>A device has to be named and was not.</summary>
    public const string DeviceNeeded = "DeviceNeeded";

    /// <summary>An API key has to be named and was not.</summary>
    public const string ApiKeyNeeded = "ApiKeyNeeded";

    /// <summary>The application id of a scalable application has to be given and was not.</summary>
    public const string ApplicationIdNeeded = "ApplicationIdNeeded";

    /// <summary>Something was said about a last will, and no last will was asked for.</summary>
    public const string WillEventNeeded = "WillEventNeeded";

    /// <summary>Parameters of a device and of an application were given.</summary>
    public const string TwoRoles = "TwoRoles";

    /// <summary>A token begins or ends with whitespace, or has a line break in it.</summary>
    public const string TokenHasWhitespace = nameof(TokenHasWhitespace);

    /// <summary>The API key begins or ends with whitespace, or has a line break in it.</summary>
    public const string ApiKeyHasWhitespace = nameof(ApiKeyHasWhitespace);

    /// <summary>The certificate authorities cannot be read.</summary>
    public const string CACertificateUnusable = nameof(CACertificateUnusable);

    /// <summary>The client certificate cannot be read, or has no private key.</summary>
    public const string CertificateUnusable = "CertificateUnusable";

    /// <summary>The client certificate is out of its dates.</summary>
    public const string ClientCertificateExpired = "ClientCertificateExpired";

    /// <summary>The client certificate is that of another client.</summary>
    public const string CertificateNamesAnother = "CertificateNamesAnother";

    /// <summary>The proxy is not understood, or the parameters for it contradict each other.</summary>
    public const string InvalidProxy = "InvalidProxy";

    /// <summary>A piped object has no property that is named like a parameter.</summary>
    public const string InputNotUnderstood = "InputNotUnderstood";

    /// <summary>A message was not confirmed when its session was disconnected.</summary>
    public const string NotConfirmed = "NotConfirmed";

    /// <summary>No emulator runs in this runspace.</summary>
    public const string NoEmulator = "NoEmulator";

    /// <summary>An emulator runs already in this runspace.</summary>
    public const string EmulatorRunning = "EmulatorRunning";

    /// <summary>What was asked for is for gateways only.</summary>
    public const string GatewayNeeded = "GatewayNeeded";

    /// <summary>-OutBuffer would acknowledge messages before a command has them.</summary>
    public const string OutBufferRefused = "OutBufferRefused";

    /// <summary>There is no action of this name.</summary>
    public const string NoAction = "NoAction";

    /// <summary>The event queue of the runspace has a subscriber of this name already, or keeps the name for itself.</summary>
    public const string SourceIdentifierInUse = "SourceIdentifierInUse";
}
