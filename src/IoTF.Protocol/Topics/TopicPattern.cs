namespace IoTF.Protocol.Topics;

/// <summary>
/// One line of the service's rule tables (protocol.md §4): <c>~</c> is one level without a wildcard, <c>+</c> one level that may be
/// the wildcard <c>+</c>, <c>*</c> at the end one or more levels of anything, and everything else itself.
/// </summary>
internal sealed class TopicPattern
{
    /// <summary>The most levels a caller needs to cut out of a topic to compare it with any pattern.</summary>
    public const int MaximumLevels = 12;

    private readonly string[] _levels;

    private TopicPattern(string pattern) => _levels = pattern.Split('/');

    public static TopicPattern[] Table(params string[] patterns) => Array.ConvertAll(patterns, pattern => new TopicPattern(pattern));

    /// <summary>Compares level by level.</summary>
    /// <param name="topic">A well-formed topic or filter.</param>
    /// <param name="levels">Where its levels are; when there are more than fit, the last range holds all the rest.</param>
    /// <returns>True when the pattern covers it.</returns>
    public bool Matches(ReadOnlySpan<char> topic, ReadOnlySpan<Range> levels)
    {
        for (var index = 0; index < _levels.Length; index++)
        {
            if (index >= levels.Length)
            {
                return false;
            }

            var level = topic[levels[index]];
            switch (_levels[index])
            {
                case "*":
                    return true;
                case "~" when level is not ("+" or "#"):
                case "+" when level is not "#":
                    break;
                default:
                    if (!level.SequenceEqual(_levels[index]) || _levels[index] is "~" or "+")
                    {
                        return false;
                    }

                    break;
            }
        }

        return levels.Length == _levels.Length;
    }
}
