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
    public static string Of(string? value)
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
            if (taken++ == MaximumCharacters)
            {
                return text.Append("…' (").Append(value.Length.ToString(CultureInfo.InvariantCulture)).Append(" characters)").ToString();
            }

            if (IsSafe(rune))
            {
                text.Append(rune.ToString());
            }
            else
            {
                text.Append("\\u").Append(rune.Value.ToString("X4", CultureInfo.InvariantCulture));
            }
        }

        return text.Append('\'').ToString();
    }

    private static bool IsSafe(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned);
}
