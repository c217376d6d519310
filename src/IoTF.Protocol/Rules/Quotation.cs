using System.Globalization;
using System.Text;

namespace IoTF.Protocol.Rules;

/// <summary>Quotes a caller's value in a message: shortened, and with nothing in it that could disturb a terminal or a log.</summary>
public static class Quotation
{
    private const int MaximumCharacters = 48;

    /// <summary>The value in single quotes, at most 48 characters of it, with control, format and broken characters escaped.</summary>
    /// <param name="value">The value, or null.</param>
    /// <returns>The quoted value; <c>nothing</c> for null.</returns>
    public static string Of(string? value) => Of(value, MaximumCharacters);

    /// <summary>As <see cref="Of(string)"/>, with another bound.</summary>
    /// <param name="value">The value, or null.</param>
    /// <param name="maximumCharacters">The most characters that are shown.</param>
    /// <returns>The quoted value.</returns>
    public static string Of(string? value, int maximumCharacters)
    {
        if (value is null)
        {
            return "nothing";
        }

        var text = new StringBuilder("'");
        var taken = 0;
        foreach (var rune in value.AsSpan().EnumerateRunes())
        {
            // A lone surrogate is enumerated as U+FFFD, which shows that something was broken.
            if (taken++ == maximumCharacters)
            {
                return text.Append("…' (").Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(" characters)").ToString();
            }

            Append(text, rune);
        }

        return text.Append('\'').ToString();
    }

    /// <summary>A text with everything escaped that could disturb a terminal or a log. Most have nothing of the kind, and stay as they are.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text on one line.</returns>
    public static string Harmless(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsSafe(rune))
            {
                var harmless = new StringBuilder(text.Length + 16);
                foreach (var one in text.EnumerateRunes())
                {
                    Append(harmless, one);
                }

                return harmless.ToString();
            }
        }

        return text;
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        if (IsSafe(rune))
        {
            text.Append(rune.ToString());
        }
        else
        {
            text.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture));
        }
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned);
}
