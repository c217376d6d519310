using IoTF.Client.Faults;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>Keeps a link alive, and finds out when it is dead (MQTT-3.1.1 §3.1.2.10).</summary>
internal static class KeepAliveWatch
{
    /// <summary>
    /// Sends a PINGREQ when nothing was sent, or nothing received, for three quarters of the keep-alive: a client that only sends must ask,
    /// too, to learn that nobody listens. Ends when nothing was received for one and a half times the keep-alive.
    /// </summary>
    /// <param name="link">The link.</param>
    /// <param name="options">Whose it is.</param>
    /// <param name="keepAlive">The keep-alive; zero for none.</param>
    /// <param name="ask">Sends a PINGREQ.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The fault of a dead link.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public static async Task<Fault> WatchAsync(
        Link link, SessionOptions options, TimeSpan keepAlive, Action<Link> ask, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (keepAlive <= TimeSpan.Zero)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken).ConfigureAwait(false);
        }

        var (patience, dead) = (keepAlive * 0.75, keepAlive * 1.5);
        long? asked = null;
        while (true)
        {
            var silence = clock.GetElapsedTime(link.LastReceived);
            if (silence >= dead)
            {
                return SessionFaults.Silent(options, silence);
            }

            if (asked is { } when && link.LastReceived >= when)
            {
                asked = null;
            }

            var idle = clock.GetElapsedTime(link.LastSent);
            if (idle >= patience || (silence >= patience && asked is null))
            {
                // Before the sending: an answer must not be older than the question, however soon it comes.
                asked = clock.GetTimestamp();
                ask(link);
                idle = TimeSpan.Zero;
            }

            var untilAsk = patience - (asked is null && silence > idle ? silence : idle);
            var next = TimeSpan.FromTicks(Math.Min(untilAsk.Ticks, (dead - silence).Ticks));
            await Task.Delay(next > TimeSpan.FromMilliseconds(1) ? next : TimeSpan.FromMilliseconds(1), clock, cancellationToken).ConfigureAwait(false);
        }
    }
}
