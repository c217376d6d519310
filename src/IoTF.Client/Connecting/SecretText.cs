using System.Globalization;
using System.Runtime.InteropServices;
using System.Security;

namespace IoTF.Client.Connecting;

/// <summary>Finds what gets into a token on its way through files and clipboards, and is never part of one (protocol.md §3.1).</summary>
public static class SecretText
{
    /// <summary>Says which whitespace or invisible character a secret has at its ends, or which line break inside.</summary>
    /// <param name="secret">The secret.</param>
    /// <returns>A predicate without the secret, such as "ends with a line break"; null when there is none.</returns>
    public static string? FindWhitespace(SecureString secret)
    {
        var pointer = Marshal.SecureStringToGlobalAllocUnicode(secret);
        try
        {
            unsafe
            {
                return FindWhitespace(new ReadOnlySpan<char>((void*)pointer, secret.Length));
            }
        }
        finally
        {
            Marshal.ZeroFreeGlobalAllocUnicode(pointer);
        }
    }

    /// <summary>As <see cref="FindWhitespace(SecureString)"/>, of a text that is no secret.</summary>
    public static string? FindWhitespace(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return null;
        }

        if (NameOf(text[^1]) is { } last)
        {
            return $"ends with {last}";
        }

        if (NameOf(text[0]) is { } first)
        {
            return $"begins with {first}";
        }

        foreach (var character in text)
        {
            if (char.IsControl(character))
            {
                return $"has {NameOf(character)} in it";
            }
        }

        return null;
    }

    private static string? NameOf(char character) => character switch
    {
        '\n' or '\r' or '\u2028' or '\u2029' or '\u0085' => "a line break",
        '\t' => "a tab",
        _ when char.IsWhiteSpace(character) => "a blank",
        _ when char.IsControl(character) => "a control character",
        _ when char.GetUnicodeCategory(character) == UnicodeCategory.Format => "an invisible character",
        _ => null,
    };
}
