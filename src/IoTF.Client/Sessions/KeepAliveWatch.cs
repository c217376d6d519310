using IoTF.Client.Faults;
using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>Keeps a link alive, and finds out when it is dead (MQTT-3.1.1 §3.1.2.10).</summary>
internal static class KeepAliveWatch
{
    /// <summary>How often it looks at what the system still has to send, in the time that an answer has.</summary>
    private const int LooksAtProgress = 10;

    /// <summary>What TCP sends at once: of so few bytes the first are on their way.</summary>
    private const int Segment = 1400;

    /// <summary>
    /// Sends a PINGREQ when nothing was sent, or nothing received, for three quarters of the keep-alive: a client that only sends must ask,
    /// too, to learn that nobody listens. The answer has as long again, from when the PINGREQ has left this machine: on a slow connection it
    /// waits behind what was sent before, and as long as that gets on, the connection lives.
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
            if (await HasLeftAsync(link, asked, patience, clock, cancellationToken).ConfigureAwait(false) is { } left)
            {
                var untilAnswer = patience - clock.GetElapsedTime(left);
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

    /// <summary>Waits until what was sent has left the machine.</summary>
    /// <returns>When it did; null when nothing gets on, and nothing arrives, for as long as is given.</returns>
    private static async Task<long?> HasLeftAsync(Link link, long asked, TimeSpan patience, TimeProvider clock, CancellationToken cancellationToken)
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
                return null;
            }
        }

        await leaving.ConfigureAwait(false);
        if (!link.Progress.TryRead(out var asking, out var acknowledged) || asking - acknowledged <= Segment)
        {
            return link.LastSent;
        }

        // The system has taken it, and still has much that was before it.
        var gotOn = clock.GetTimestamp();
        while (link.LastReceived < asked && clock.GetElapsedTime(gotOn) < patience)
        {
            await DelayAsync(patience / LooksAtProgress, clock, cancellationToken).ConfigureAwait(false);
            var before = acknowledged;
            if (!link.Progress.TryRead(out _, out acknowledged) || asking - acknowledged <= Segment)
            {
                return clock.GetTimestamp();
            }

            gotOn = acknowledged > before ? clock.GetTimestamp() : gotOn;
        }

        return link.LastReceived < asked ? null : link.LastSent;
    }

    private static Task DelayAsync(TimeSpan delay, TimeProvider clock, CancellationToken cancellationToken) =>
        Task.Delay(delay > TimeSpan.FromMilliseconds(1) ? delay : TimeSpan.FromMilliseconds(1), clock, cancellationToken);
}
