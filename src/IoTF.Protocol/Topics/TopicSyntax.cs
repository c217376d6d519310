using System.Text;
using IoTF.Protocol.Limits;

namespace IoTF.Protocol.Topics;

/// <summary>The syntax of topic names and filters: that of MQTT (MQTT-3.1.1 §4.7), and the stricter one of the service (protocol.md §4.5).</summary>
public static class TopicSyntax
{
    /// <summary>Whether MQTT allows the text as the topic of a PUBLISH.</summary>
    /// <param name="topic">The text.</param>
    /// <returns>True when it is not empty, fits into 65,535 bytes of well-formed UTF-8, and holds neither wildcards nor U+0000.</returns>
    public static bool IsTopicName(ReadOnlySpan<char> topic) => !topic.IsEmpty && topic.IndexOfAny('+', '#', '\0') < 0 && IsEncodable(topic);

    /// <summary>Whether the service looks at the topic of a PUBLISH at all, or refuses it for its syntax.</summary>
    /// <param name="topic">The text.</param>
    /// <returns>True for a topic name without empty levels and control characters.</returns>
    public static bool IsServiceTopic(ReadOnlySpan<char> topic) => topic.IndexOfAny('+', '#') < 0 && IsServiceFilter(topic);

    /// <summary>Whether the service looks at the filter of a SUBSCRIBE at all, or refuses it for its syntax.</summary>
    /// <param name="filter">The text.</param>
    /// <returns>True for a filter without empty levels and control characters, wildcards only as whole levels, <c>#</c> only as the last.</returns>
    public static bool IsServiceFilter(ReadOnlySpan<char> filter)
    {
        if (filter.IsEmpty || !IsEncodable(filter))
        {
            return false;
        }

        var start = 0;
        for (var index = 0; index <= filter.Length; index++)
        {
            if (index < filter.Length && filter[index] != '/')
            {
                if (char.IsControl(filter[index]))
                {
                    return false;
                }

                continue;
            }

            var level = filter[start..index];
            var isLast = index == filter.Length;
            if (level.IsEmpty || (level.Length > 1 && level.IndexOfAny('+', '#') >= 0) || (level is "#" && !isLast))
            {
                return false;
            }

            start = index + 1;
        }

        return true;
    }

    /// <summary>Whether the text is one level of a topic name: not empty, without <c>/ + #</c> and control characters, well-formed.</summary>
    /// <param name="level">The text.</param>
    /// <returns>True when it is.</returns>
    public static bool IsLevel(ReadOnlySpan<char> level) => FindLevelProblem(level) is null;

    /// <summary>What is wrong with a text as one level of a topic name.</summary>
    /// <param name="level">The text.</param>
    /// <returns>The end of a sentence that begins with the text, or null when nothing is wrong.</returns>
    internal static string? FindLevelProblem(ReadOnlySpan<char> level)
    {
        if (level.IsEmpty)
        {
            return "is empty";
        }

        foreach (var character in level)
        {
            switch (character)
            {
                case '/':
                    return "holds '/', which separates the levels of a topic";
                case '+' or '#':
                    return $"holds '{character}', which is a wildcard";
                default:
                    if (char.IsControl(character))
                    {
                        return $"holds the control character U+{(int)character:X4}";
                    }

                    break;
            }
        }

        return IsWellFormed(level) ? null : "holds half of a surrogate pair, which has no form in UTF-8";
    }

    /// <summary>Whether a topic fits into the two length bytes of MQTT.</summary>
    /// <param name="topic">A text of well-formed UTF-16.</param>
    /// <returns>True for at most 65,535 bytes of UTF-8.</returns>
    internal static bool Fits(ReadOnlySpan<char> topic) =>
        topic.Length <= ServiceLimits.MaximumTopicBytes / 3 || Encoding.UTF8.GetByteCount(topic) <= ServiceLimits.MaximumTopicBytes;

    private static bool IsEncodable(ReadOnlySpan<char> text) => Fits(text) && IsWellFormed(text);

    private static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        var surrogate = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        while (surrogate >= 0)
        {
            if (surrogate + 1 >= text.Length || !char.IsSurrogatePair(text[surrogate], text[surrogate + 1]))
            {
                return false;
            }

            text = text[(surrogate + 2)..];
            surrogate = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        }

        return true;
    }
}
