namespace IoTF.Protocol.Credentials;

/// <summary>The user names of CONNECT (protocol.md §3.1).</summary>
public static class UserNames
{
    /// <summary>The user name of every device and gateway; their password is the device token. An application's user name is its API key.</summary>
    public const string UseTokenAuth = "use-token-auth";
}
