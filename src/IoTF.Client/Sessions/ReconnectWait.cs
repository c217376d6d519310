namespace IoTF.Client.Sessions;

/// <summary>The wait between two tries to connect. It ends early when there is a reason: somebody sends, the network comes back, the session is closed.</summary>
internal sealed class ReconnectWait(TimeProvider clock, NetworkWatch network, ReconnectGate? gate, Task closing)
{
    private TaskCompletionSource _hurry = New();
    private bool _isClosing;

    /// <summary>There is a reason to try now.</summary>
    public void Hurry() => Volatile.Read(ref _hurry).TrySetResult();

    /// <summary>Waits.</summary>
    /// <param name="delay">How long, at most.</param>
    /// <param name="atLeast">How long in any case but closing: who sends all the time does not connect all the time.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(TimeSpan delay, TimeSpan atLeast, CancellationToken cancellationToken)
    {
        var hurry = New();
        Volatile.Write(ref _hurry, hurry);
        network.Add(Hurry);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            // Only once: a session that is being closed and cannot connect waits before it tries again.
            var closes = _isClosing ? hurry.Task : closing;
            atLeast = atLeast < delay ? atLeast : delay;
            await Task.WhenAny(closes, HurriedAsync(hurry.Task, delay, atLeast, over.Token)).ConfigureAwait(false);
            _isClosing |= closing.IsCompleted;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            network.Remove(Hurry);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (gate is not null)
        {
            await gate.PassAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task HurriedAsync(Task hurry, TimeSpan delay, TimeSpan atLeast, CancellationToken cancellationToken)
    {
        await Task.Delay(atLeast, clock, cancellationToken).ConfigureAwait(false);
        if (delay > atLeast)
        {
            await Task.WhenAny(hurry, Task.Delay(delay - atLeast, clock, cancellationToken)).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
