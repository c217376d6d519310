namespace IoTF.Tests.Interop.Signals;

/// <summary>
/// What happened, in order, as something to wait for: lines of a program, connections of a server, messages of a subscriber.
/// Safe to use from any thread.
/// </summary>
/// <param name="name">What the entries are, for the message of a wait that failed.</param>
public sealed class SignalLog<T>(string name)
{
    private readonly Lock gate = new();
    private readonly List<T> entries = [];
    private readonly List<Waiter> waiters = [];
    private bool completed;

    /// <summary>The number of entries so far; passed as <c>from</c> to a later wait, it leaves out what has happened before.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return entries.Count;
            }
        }
    }

    public IReadOnlyList<T> Snapshot()
    {
        lock (gate)
        {
            return [.. entries];
        }
    }

    public void Add(T entry)
    {
        lock (gate)
        {
            entries.Add(entry);
            waiters.RemoveAll(waiter => waiter.Sees(entry));
        }
    }

    /// <summary>Says that nothing more will come: waits that still hope fail at once.</summary>
    public void Complete()
    {
        Waiter[] disappointed;
        lock (gate)
        {
            completed = true;
            disappointed = [.. waiters];
            waiters.Clear();
        }

        foreach (var waiter in disappointed)
        {
            waiter.Found.TrySetException(new SignalMissedException(Describe("the source has ended")));
        }
    }

    /// <summary>The first entry, counted from <paramref name="from"/>, that has happened or will happen and fits.</summary>
    /// <exception cref="SignalMissedException">It did not come in time, or nothing more will come.</exception>
    public async Task<T> WaitForAsync(Func<T, bool> predicate, TimeSpan? timeout = null, int from = 0)
        => (await WaitForManyAsync(1, predicate, timeout, from).ConfigureAwait(false))[0];

    /// <summary>The first <paramref name="count"/> entries that fit, in order.</summary>
    /// <exception cref="SignalMissedException">They did not come in time, or nothing more will come.</exception>
    public async Task<IReadOnlyList<T>> WaitForManyAsync(
        int count, Func<T, bool>? predicate = null, TimeSpan? timeout = null, int from = 0)
    {
        var waiter = new Waiter(count, predicate ?? (_ => true));
        lock (gate)
        {
            if (!entries.Skip(from).Any(waiter.Sees))
            {
                if (completed)
                {
                    throw new SignalMissedException(Describe("the source has ended"));
                }

                waiters.Add(waiter);
            }
        }

        var limit = timeout ?? Deadline.Default;
        try
        {
            return await waiter.Found.Task.WaitAsync(limit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            lock (gate)
            {
                waiters.Remove(waiter);
            }

            throw new SignalMissedException(Describe($"it did not come within {limit}"));
        }
    }

    private string Describe(string reason)
    {
        const int shown = 40;
        var all = Snapshot();
        var last = string.Join(Environment.NewLine, all.TakeLast(shown).Select(entry => $"  {entry}"));
        return $"The signal waited for is not among the {all.Count} entries of '{name}': {reason}. The last ones:{Environment.NewLine}{last}";
    }

    private sealed class Waiter(int count, Func<T, bool> predicate)
    {
        private readonly List<T> hits = [];

        /// <summary>Continuations run elsewhere, never under the log's lock.</summary>
        public TaskCompletionSource<IReadOnlyList<T>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool Sees(T entry)
        {
            try
            {
                if (predicate(entry))
                {
                    hits.Add(entry);
                }
            }
            catch (Exception wrong)
            {
                return Found.TrySetException(wrong);
            }

            return hits.Count >= count && Found.TrySetResult(hits);
        }
    }
}
