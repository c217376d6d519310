using IoTF.Protocol.Authorization;

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

    private TopicPattern(string pattern, TopicPermissions events, TopicPermissions commands)
    {
        _levels = pattern.Split('/');
        Needs = Array.IndexOf(_levels, "evt") >= 0 ? events : Array.IndexOf(_levels, "cmd") >= 0 ? commands : TopicPermissions.None;
    }

    /// <summary>What a client must be permitted, or the pattern is not for it (protocol.md §3.4).</summary>
    public TopicPermissions Needs { get; }

    public static TopicPattern[] PublishTable(params string[] patterns) =>
        Array.ConvertAll(patterns, pattern => new TopicPattern(pattern, TopicPermissions.SendEvents, TopicPermissions.SendCommands));

    public static TopicPattern[] SubscribeTable(params string[] patterns) =>
        Array.ConvertAll(patterns, pattern => new TopicPattern(pattern, TopicPermissions.ReceiveEvents, TopicPermissions.ReceiveCommands));

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
