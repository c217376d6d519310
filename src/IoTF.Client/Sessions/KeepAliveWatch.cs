using IoTF.Client.Faults;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>Keeps a link alive, and finds out when it is dead (MQTT-3.1.1 §3.1.2.10).</summary>
internal static class KeepAliveWatch
{
    /// <summary>
    /// Sends a PINGREQ when nothing was sent, or nothing received, for three quarters of the keep-alive: a client that only sends must ask,
    /// too, to learn that nobody listens. The answer has as long again, from when the network has taken the PINGREQ: on a slow connection it waits
    /// behind what was sent before, and as long as that gets on, the connection lives.
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

        var patience = keepAlive * 0.75;
        while (true)
        {
            var silence = clock.GetElapsedTime(link.LastReceived);
            if (silence >= patience * 2)
            {
                // The machine was asleep.
                return SessionFaults.Silent(options, silence);
            }

            var idle = clock.GetElapsedTime(link.LastSent);
            var untilAsk = patience - (silence > idle ? silence : idle);
            if (untilAsk > TimeSpan.Zero)
            {
                await DelayAsync(untilAsk, clock, cancellationToken).ConfigureAwait(false);
                continue;
            }

            // Before the sending: an answer must not be older than the question, however soon it comes.
            var asked = clock.GetTimestamp();
            ask(link);
            if (await HasLeftAsync(link, asked, patience, clock, cancellationToken).ConfigureAwait(false))
            {
                var untilAnswer = patience - clock.GetElapsedTime(link.LastSent);
                if (untilAnswer > TimeSpan.Zero)
                {
                    await DelayAsync(untilAnswer, clock, cancellationToken).ConfigureAwait(false);
                }
            }

            if (link.LastReceived < asked)
            {
                return SessionFaults.Silent(options, clock.GetElapsedTime(link.LastReceived));
            }
        }
    }

    /// <summary>Waits until the network has taken what was sent.</summary>
    /// <returns>False when it takes nothing, and nothing arrives, for as long as is given.</returns>
    private static async Task<bool> HasLeftAsync(Link link, long asked, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
    {
        var leaving = link.FlushAsync(cancellationToken);
        while (!leaving.IsCompleted)
        {
            var sent = link.BytesSent;
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(leaving, DelayAsync(patience, clock, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
            if (!leaving.IsCompleted && link.BytesSent == sent && link.LastReceived < asked)
            {
                return false;
            }
        }

        await leaving.ConfigureAwait(false);
        return true;
    }

    private static Task DelayAsync(TimeSpan delay, TimeProvider clock, CancellationToken cancellationToken) =>
        Task.Delay(delay > TimeSpan.FromMilliseconds(1) ? delay : TimeSpan.FromMilliseconds(1), clock, cancellationToken);
}
