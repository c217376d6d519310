namespace IoTF.Mqtt.Topics;

/// <summary>Matching of topic names against topic filters (MQTT-3.1.1 §4.7).</summary>
public static class TopicFilter
{
    /// <summary>Whether <paramref name="topic"/> is selected by <paramref name="filter"/>; both must be well-formed.</summary>
    /// <remarks>
    /// <c>+</c> stands for one level, <c>#</c> for the rest and for its parent level. Wildcards at the first level do not select
    /// topics that begin with <c>$</c> (MQTT-3.1.1 §4.7.2).
    /// </remarks>
    public static bool Matches(ReadOnlySpan<char> filter, ReadOnlySpan<char> topic)
    {
        if (topic.Length > 0 && topic[0] == '$' && filter.Length > 0 && filter[0] is '+' or '#')
        {
            return false;
        }

        while (true)
        {
            if (filter is "#")
            {
                return true;
            }

            var filterLevel = TakeLevel(ref filter, out var filterEnds);
            var topicLevel = TakeLevel(ref topic, out var topicEnds);
            if (filterLevel is not "+" && !filterLevel.SequenceEqual(topicLevel))
            {
                return false;
            }

            if (topicEnds)
            {
                return filterEnds || filter is "#";
            }

            if (filterEnds)
            {
                return false;
            }
        }
    }

    /// <summary>Whether <paramref name="wide"/> selects every topic that <paramref name="narrow"/> selects; both must be well-formed.</summary>
    public static bool Covers(ReadOnlySpan<char> wide, ReadOnlySpan<char> narrow)
    {
        while (true)
        {
            if (wide is "#")
            {
                return true;
            }

            var wideLevel = TakeLevel(ref wide, out var wideEnds);
            var narrowLevel = TakeLevel(ref narrow, out var narrowEnds);
            if (narrowLevel is "#" || (wideLevel is not "+" && !wideLevel.SequenceEqual(narrowLevel)))
            {
                return false;
            }

            if (wideEnds || narrowEnds)
            {
                return wideEnds == narrowEnds || (narrowEnds && wide is "#");
            }
        }
    }

    private static ReadOnlySpan<char> TakeLevel(scoped ref ReadOnlySpan<char> rest, out bool ends)
    {
        var slash = rest.IndexOf('/');
        ends = slash < 0;
        var level = ends ? rest : rest[..slash];
        rest = ends ? default : rest[(slash + 1)..];
        return level;
    }
}
