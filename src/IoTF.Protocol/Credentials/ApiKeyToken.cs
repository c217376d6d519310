using System.Text;
using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Credentials;

/// <summary>
/// The rule for the tokens of API keys. The service makes them itself, with characters that it refuses in the tokens of devices (protocol.md §3.1), so
/// anything goes that fits into a CONNECT.
/// </summary>
public static class ApiKeyToken
{
    private const int MaximumBytes = ushort.MaxValue;

    /// <summary>Says what is wrong with a token, without repeating it.</summary>
    /// <param name="token">The token.</param>
    /// <returns>The same token.</returns>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidToken"/>.</exception>
    public static string Require(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return token.Length > 0 && IsText(token) && Encoding.UTF8.GetByteCount(token) <= MaximumBytes
            ? token
            : throw new RuleException(
                RuleId.InvalidToken,
                "Token",
                "This cannot be the token of an API key: it is empty, longer than 65,535 bytes or not valid Unicode.",
                "Use another token, or leave -Token out to have one made.");
    }

    private static bool IsText(string token)
    {
        for (var i = 0; i < token.Length; i++)
        {
            if (char.IsSurrogate(token[i]) && (!char.IsHighSurrogate(token[i]) || ++i == token.Length || !char.IsLowSurrogate(token[i])))
            {
                return false;
            }
        }

        return true;
    }
}
