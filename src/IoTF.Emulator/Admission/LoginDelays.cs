namespace IoTF.Emulator.Admission;

/// <summary>
/// Slows down who guesses tokens: after some failed logins of a ClientId the answers to further ones are delayed (protocol.md §2.6). How long is
/// not documented; here the answer after the fifth waits one second, each later one twice as long, up to ten. Only refusals wait.
/// </summary>
internal sealed class LoginDelays(TimeProvider clock)
{
    private const int AnsweredAtOnce = 5;
    private const int MostClients = 10_000;
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);

    /// <summary>Whether an answer to this ClientId is being delayed now, on whatever connection.</summary>
    public bool IsDelaying(string clientId)
    {
        lock (_records)
        {
            return _records.TryGetValue(clientId, out var record) && record.Delaying > 0;
        }
    }

    /// <summary>A login has failed.</summary>
    /// <returns>How long its answer waits; when it does, <see cref="End"/> is called afterwards. Null when another answer is being delayed already.</returns>
    public TimeSpan? Begin(string clientId)
    {
        lock (_records)
        {
            var record = Find(clientId);
            if (record.Delaying > 0)
            {
                return null;
            }

            record.Failures++;
            record.LastFailure = clock.GetTimestamp();
            if (record.Failures <= AnsweredAtOnce)
            {
                return TimeSpan.Zero;
            }

            record.Delaying++;
            var seconds = Math.Pow(2, Math.Min(record.Failures - AnsweredAtOnce - 1, 10));
            return seconds < LongestDelay.TotalSeconds ? TimeSpan.FromSeconds(seconds) : LongestDelay;
        }
    }

    /// <summary>A delayed answer was given, or is not waited for any more.</summary>
    public void End(string clientId)
    {
        lock (_records)
        {
            if (_records.TryGetValue(clientId, out var record) && record.Delaying > 0)
            {
                record.Delaying--;
            }
        }
    }

    /// <summary>A login has succeeded: what went before is forgotten.</summary>
    public void Forget(string clientId)
    {
        lock (_records)
        {
            if (_records.TryGetValue(clientId, out var record) && record.Delaying == 0)
            {
                _records.Remove(clientId);
            }
        }
    }

    private Record Find(string clientId)
    {
        if (_records.TryGetValue(clientId, out var record) && (record.Delaying > 0 || clock.GetElapsedTime(record.LastFailure) < Memory))
        {
            return record;
        }

        // Names are up to the clients; they do not fill the memory.
        if (_records.Count >= MostClients)
        {
            _records.Clear();
        }

        return _records[clientId] = new Record();
    }

    private sealed class Record
    {
        public int Failures { get; set; }

        public long LastFailure { get; set; }

        public int Delaying { get; set; }
    }
}
