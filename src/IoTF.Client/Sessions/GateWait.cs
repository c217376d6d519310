using IoTF.Mqtt.Links;

namespace IoTF.Client.Sessions;

/// <summary>
/// How pipeline threads wait for what the session's loop brings about: on the gate that guards the state, woken when something happened,
/// by Ctrl+C and by time. Time is counted from the last sign of life, because the service slows a sender down rather than lose its messages.
/// </summary>
internal sealed class GateWait(TimeProvider clock)
{
    private long _lastSign = clock.GetTimestamp();

    /// <summary>Guards the state that is waited for.</summary>
    public object Gate { get; } = new();

    /// <summary>The service has shown that it deals with messages.</summary>
    public void SignOfLife() => Volatile.Write(ref _lastSign, clock.GetTimestamp());

    /// <summary>Has everybody look again; the caller holds the gate.</summary>
    public void Wake() => Monitor.PulseAll(Gate);

    /// <summary>Blocks until a condition holds, which is looked at under the gate whenever something happened.</summary>
    /// <param name="condition">What is waited for.</param>
    /// <param name="patience">How long the service may show no sign of life.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="countsFromSigns">False when the time is a limit of its own, whatever the service does.</param>
    /// <returns>False when the time is over.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool Until(Func<bool> condition, TimeSpan patience, CancellationToken cancellationToken, bool countsFromSigns = true)
    {
        lock (Gate)
        {
            if (condition())
            {
                return true;
            }
        }

        var started = clock.GetTimestamp();
        using var cancelled = cancellationToken.Register(WakeAll);
        using var alarm = clock.CreateTimer(_ => WakeAll(), state: null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        lock (Gate)
        {
            while (!condition())
            {
                cancellationToken.ThrowIfCancellationRequested();
                var left = patience - clock.GetElapsedTime(countsFromSigns ? Math.Max(started, _lastSign) : started);
                if (left <= TimeSpan.Zero)
                {
                    return false;
                }

                // Rounded up: a timer counts whole milliseconds, and one that is too early would only be set again.
                alarm.Change(TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)), Timeout.InfiniteTimeSpan);
                Monitor.Wait(Gate);
            }

            return true;
        }
    }

    /// <summary>Blocks until the network has taken what is queued, or the link has failed.</summary>
    /// <returns>False when for the time given the network took nothing, and nothing came from the service.</returns>
    /// <exception cref="OperationCanceledException">The token fired.</exception>
    public bool ForNetwork(Link link, Func<CancellationToken, Task> wait, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (sent, lastSign) = (link.BytesSent, Volatile.Read(ref _lastSign));
            using var limit = new CancellationTokenSource(patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                wait(either.Token).GetAwaiter().GetResult();
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                if (link.BytesSent == sent && Volatile.Read(ref _lastSign) == lastSign)
                {
                    return false;
                }
            }
        }
    }

    private void WakeAll()
    {
        lock (Gate)
        {
            Wake();
        }
    }
}
