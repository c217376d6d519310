using IoTF.Protocol.Rules;

namespace IoTF.Protocol.Credentials;

/// <summary>The rule for device tokens that people choose themselves (protocol.md §3.1).</summary>
public static class DeviceToken
{
    /// <summary>The fewest characters of a token.</summary>
    public const int MinimumLength = 8;

    /// <summary>The most characters of a token.</summary>
    public const int MaximumLength = 36;

    private const string Punctuation = "_.!&@?*+()-";

    /// <summary>Whether the service would register the token.</summary>
    /// <param name="token">The token.</param>
    /// <returns>True for 8 to 36 of <c>A-Z a-z 0-9 _ . ! &amp; @ ? * + ( ) -</c></returns>
    public static bool IsWellFormed(ReadOnlySpan<char> token)
    {
        if (token.Length is < MinimumLength or > MaximumLength)
        {
            return false;
        }

        foreach (var character in token)
        {
            if (!char.IsAsciiLetterOrDigit(character) && !Punctuation.Contains(character))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says what is wrong with a token, without repeating it.</summary>
    /// <param name="token">The token.</param>
    /// <exception cref="RuleException"><see cref="RuleId.InvalidToken"/>.</exception>
    public static void Require(ReadOnlySpan<char> token)
    {
        if (!IsWellFormed(token))
        {
            throw new RuleException(
                RuleId.InvalidToken,
                "Token",
                "The service does not accept this device token.",
                $"Use {MinimumLength} to {MaximumLength} of the characters A-Z a-z 0-9 {string.Join(' ', Punctuation.ToCharArray())}, or omit -Token for a random one.");
        }
    }
}
