using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Admission;

/// <summary>
/// Slows down who guesses tokens (protocol.md §2.6): after some failed logins of a ClientId or of an API key, further refusals wait. How long is
/// not documented; here all of them wait the same short time. A right login never waits, whatever failed before it.
/// </summary>
internal sealed class LoginThrottle(TimeProvider clock)
{
    private const int AnsweredAtOnce = 5;
    private const int NamesKept = 10_000;
    private static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(10);

    private readonly object _gate = new();

    // Names are up to the clients: those that failed last are kept, in two halves of which the older one is dropped when the newer is full.
    private Dictionary<string, Failures> _newer = new(StringComparer.Ordinal);
    private Dictionary<string, Failures> _older = new(StringComparer.Ordinal);

    /// <summary>Counts a failed login.</summary>
    /// <param name="identity">Who it was, as far as the ClientId says.</param>
    /// <param name="userName">The user name it gave.</param>
    /// <returns>How long the refusal waits.</returns>
    public TimeSpan CountFailure(ClientIdentity identity, string? userName)
    {
        lock (_gate)
        {
            var count = Count(identity.ClientId);

            // The ClientIds of applications are theirs to choose; what is guessed at is the token of the key. A device is its ClientId.
            if (identity.IsApplication && userName is not null)
            {
                count = Math.Max(count, Count($"{identity.Organization}/{userName}"));
            }

            return count > AnsweredAtOnce ? Delay : TimeSpan.Zero;
        }
    }

    private int Count(string name)
    {
        var now = clock.GetTimestamp();
        var known = _newer.TryGetValue(name, out var failures) || _older.TryGetValue(name, out failures);
        var count = known && clock.GetElapsedTime(failures.Last, now) < Memory ? failures.Count + 1 : 1;
        if (_newer.Count >= NamesKept / 2 && !_newer.ContainsKey(name))
        {
            (_older, _newer) = (_newer, _older);
            _newer.Clear();
        }

        _newer[name] = new Failures(count, now);
        return count;
    }

    private readonly record struct Failures(int Count, long Last);
}
