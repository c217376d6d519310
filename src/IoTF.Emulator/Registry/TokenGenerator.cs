using System.Security.Cryptography;
using IoTF.Protocol.Credentials;

namespace IoTF.Emulator.Registry;

/// <summary>Makes tokens and API keys in the service's form (protocol.md §3.1).</summary>
internal static class TokenGenerator
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string TokenCharacters = Alphanumeric + "_.!&@?*+()-";
    private const int TokenLength = 20;
    private const int ApiKeyRandomLength = 10;

    /// <summary>A token of 20 characters, more than 120 bits.</summary>
    public static string NewToken()
    {
        while (true)
        {
            var token = RandomNumberGenerator.GetString(TokenCharacters, TokenLength);

            // A token that begins with a sign would be misread on command lines (-) and in YAML (&, !, @, *, ?).
            if (char.IsAsciiLetterOrDigit(token[0]) && DeviceToken.IsWellFormed(token))
            {
                return token;
            }
        }
    }

    public static string NewApiKey(string organization) => $"a-{organization}-{RandomNumberGenerator.GetString(Alphanumeric, ApiKeyRandomLength)}";
}
