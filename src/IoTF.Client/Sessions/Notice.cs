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

/// <summary>The notices of a session that nobody has been told yet. When nobody listens, the oldest are forgotten.</summary>
internal sealed class Notices(TimeProvider clock)
{
    private const int Kept = 100;
    private readonly Queue<Notice> _waiting = new();

    public void Add(NoticeLevel level, string message)
    {
        lock (_waiting)
        {
            if (_waiting.Count == Kept)
            {
                _waiting.Dequeue();
            }

            _waiting.Enqueue(new Notice(clock.GetUtcNow(), level, message));
        }
    }

    public IReadOnlyList<Notice> Take()
    {
        lock (_waiting)
        {
            if (_waiting.Count == 0)
            {
                return [];
            }

            Notice[] taken = [.. _waiting];
            _waiting.Clear();
            return taken;
        }
    }
}
