namespace IoTF.Client.Sessions;

/// <summary>How loud a notice is.</summary>
public enum NoticeLevel
{
    /// <summary>For those who want to know what happens.</summary>
    Verbose,

    /// <summary>For everybody.</summary>
    Warning,
}

/// <summary>Something that happened in the background, to be told by whoever speaks to the user next.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Level">How loud.</param>
/// <param name="Message">What, in a sentence.</param>
public sealed record Notice(DateTimeOffset Time, NoticeLevel Level, string Message);

/// <summary>What a notice that counts is about.</summary>
internal enum NoticeTopic
{
    /// <summary>Something that is told each time.</summary>
    Other,

    /// <summary>The connection was lost and made again.</summary>
    Connection,

    /// <summary>Messages were sent again and may arrive twice.</summary>
    Repetition,

    /// <summary>The service has dropped messages of a gateway.</summary>
    Dropped,

    /// <summary>Messages were too large to be received.</summary>
    TooLarge,

    /// <summary>Messages were never sent, because their sender ended first.</summary>
    Unsent,

    /// <summary>Who worked on a message of the session failed over it.</summary>
    Failure,
}

/// <summary>The notices of a session that nobody has been told yet. When nobody listens, the oldest are forgotten.</summary>
internal sealed class Notices(TimeProvider clock)
{
    private const int Kept = 100;
    private readonly Queue<(NoticeTopic Topic, Notice Notice)> _waiting = new();
    private readonly Dictionary<NoticeTopic, long> _counts = [];

    public void Add(NoticeLevel level, string message) => Add(level, message, NoticeTopic.Other);

    private void Add(NoticeLevel level, string message, NoticeTopic topic)
    {
        lock (_waiting)
        {
            if (_waiting.Count == Kept)
            {
                _waiting.Dequeue();
            }

            _waiting.Enqueue((topic, new Notice(clock.GetUtcNow(), level, message)));
        }
    }

    /// <summary>
    /// Adds a notice about something that may happen hundreds of times before anybody listens: of each topic only one waits, which says
    /// how often it happened since the last one was told.
    /// </summary>
    public void Count(NoticeTopic topic, NoticeLevel level, long times, Func<long, string> message)
    {
        lock (_waiting)
        {
            _counts[topic] = times += _counts.GetValueOrDefault(topic);
            for (var left = _waiting.Count; left > 0; left--)
            {
                var one = _waiting.Dequeue();
                if (one.Topic != topic)
                {
                    _waiting.Enqueue(one);
                }
            }

            Add(level, message(times), topic);
        }
    }

    public IReadOnlyList<Notice> Take()
    {
        lock (_waiting)
        {
            _counts.Clear();
            if (_waiting.Count == 0)
            {
                return [];
            }

            Notice[] taken = [.. _waiting.Select(one => one.Notice)];
            _waiting.Clear();
            return taken;
        }
    }
}
