using System.Net;
using System.Security;

namespace IoTF.PowerShell.Emulation;

/// <summary>Between the SecureStrings of scripts and the plain tokens that the local service hashes.</summary>
internal static class Secrets
{
    /// <summary>The characters of a secret.</summary>
    public static string Reveal(SecureString secret) => new NetworkCredential(userName: "", secret).Password;

    /// <summary>A secret of characters.</summary>
    public static SecureString Protect(string characters)
    {
        var secret = new SecureString();
        foreach (var character in characters)
        {
            secret.AppendChar(character);
        }

        secret.MakeReadOnly();
        return secret;
    }
}
