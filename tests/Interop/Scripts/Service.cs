using System.Collections;
using System.Security;

namespace IoTF.Tests.Interop.Scripts;

/// <summary>Where the tests' service is and how to connect to it.</summary>
/// <param name="Port">Its port.</param>
public sealed record Service(int Port)
{
    /// <summary>The token of the tests' devices.</summary>
    public const string Token = "correct-horse-battery-staple";

    /// <summary>The user name of every device (protocol.md §3.1).</summary>
    public const string DeviceUser = "use-token-auth";

    public string HostName { get; init; } = "127.0.0.1";

    /// <summary>The CA to trust; null for a plain-text service.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>The parameters of a <c>Connect-</c> cmdlet; those of a plain-text service suppress the warning, which has a test of its own.</summary>
    public Hashtable Parameters()
    {
        var parameters = new Hashtable { ["HostName"] = HostName, ["Port"] = Port, ["Token"] = Secret(Token) };
        if (AuthorityFile is not null)
        {
            parameters["CACertificate"] = AuthorityFile;
        }
        else
        {
            parameters["Insecure"] = true;
            parameters["WarningAction"] = "SilentlyContinue";
        }

        return parameters;
    }

    public static SecureString Secret(string text)
    {
        var secret = new SecureString();
        foreach (var character in text)
        {
            secret.AppendChar(character);
        }

        return secret;
    }
}
