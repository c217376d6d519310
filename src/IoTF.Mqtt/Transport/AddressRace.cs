using System.Net;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// Connects to the first of several addresses that answers (RFC 8305, "Happy Eyeballs"): the families take turns, each address gets a head start
/// over the next, and one that fails hands its turn on at once.
/// </summary>
internal static class AddressRace
{
    /// <summary>The head start of an address, which is the RFC's recommendation (§5).</summary>
    public static readonly TimeSpan HeadStart = TimeSpan.FromMilliseconds(250);

    /// <summary>The addresses with the families taking turns, beginning with that of the first; within a family in the order of the resolver (§4).</summary>
    public static IReadOnlyList<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var first = addresses.Where(address => address.AddressFamily == addresses[0].AddressFamily).ToList();
        var others = addresses.Where(address => address.AddressFamily != addresses[0].AddressFamily).ToList();
        var ordered = new List<IPAddress>(addresses.Count);
        for (var i = 0; i < Math.Max(first.Count, others.Count); i++)
        {
            ordered.AddRange(first.Skip(i).Take(1));
            ordered.AddRange(others.Skip(i).Take(1));
        }

        return ordered;
    }

    /// <summary>Runs the race. Those that lose are canceled, and disposed of should they connect all the same.</summary>
    /// <param name="addresses">Where to, in the order of the start; at least one.</param>
    /// <param name="connect">Connects to one address, or throws a <see cref="LinkException"/>.</param>
    /// <param name="clock">Measures the head start.</param>
    /// <param name="cancellationToken">Ends the race.</param>
    /// <exception cref="LinkException">No address answered. A refusal says more than an address family that this machine cannot use.</exception>
    public static async Task<T> RunAsync<T>(
        IReadOnlyList<IPAddress> addresses, Func<IPAddress, CancellationToken, Task<T>> connect, TimeProvider clock, CancellationToken cancellationToken)
        where T : class, IDisposable
    {
        using var race = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = new List<Task<T>>();
        LinkException? failure = null;
        try
        {
            for (var next = 0; ;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (next < addresses.Count)
                {
                    running.Add(connect(addresses[next++], race.Token));
                }
                else if (running.Count == 0)
                {
                    throw failure!;
                }

                var headStart = next < addresses.Count ? Task.Delay(HeadStart, clock, race.Token) : null;
                var finished = await Task.WhenAny(headStart is null ? running : [.. running, headStart]).ConfigureAwait(false);
                if (finished == headStart)
                {
                    continue;
                }

                var ended = running.Find(attempt => attempt == finished)!;
                running.Remove(ended);
                try
                {
                    return await ended.ConfigureAwait(false);
                }
                catch (LinkException exception)
                {
                    failure = failure is { Failure: LinkFailure.Refused } ? failure : exception;
                }
            }
        }
        finally
        {
            await race.CancelAsync().ConfigureAwait(false);
            foreach (var loser in running)
            {
                _ = DisposeOfAsync(loser);
            }
        }
    }

    private static async Task DisposeOfAsync<T>(Task<T> loser)
        where T : class, IDisposable
    {
        try
        {
            (await loser.ConfigureAwait(false)).Dispose();
        }
        catch (Exception exception) when (exception is LinkException or OperationCanceledException)
        {
            // It lost by failing or by being canceled, and there is nothing to dispose of.
        }
    }
}
