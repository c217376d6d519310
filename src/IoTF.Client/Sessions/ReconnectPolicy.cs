using IoTF.Client.Faults;

namespace IoTF.Client.Sessions;

/// <summary>What is known about a connection that ended.</summary>
/// <param name="Fault">Why it ended.</param>
/// <param name="OpenFor">How long it was open.</param>
/// <param name="ClosedByService">Whether the service closed it in order, rather than the network breaking it.</param>
/// <param name="Progressed">Whether anything was acknowledged or received on it.</param>
/// <param name="Oldest">The oldest message in flight, for comparison only; null when there is none.</param>
/// <param name="Answered">Whether a message that was sent was answered on it: what is received meanwhile does not clear a message of suspicion.</param>
internal readonly record struct EndedConnection(
    Fault Fault, TimeSpan OpenFor, bool ClosedByService, bool Progressed, object? Oldest, bool Answered = false);

/// <summary>What to do after a connection ended or could not be made.</summary>
internal enum ReconnectStep
{
    /// <summary>Wait, then connect again.</summary>
    TryAgain,

    /// <summary>Give up the oldest message in flight, because the service closes the connection over it; then as <see cref="TryAgain"/>.</summary>
    GiveUpOldest,

    /// <summary>The session is over.</summary>
    Stop,
}

/// <summary>A decision.</summary>
/// <param name="Step">What to do.</param>
/// <param name="Delay">How long to wait before connecting again.</param>
/// <param name="Fault">Why, when it is over.</param>
internal readonly record struct ReconnectDecision(ReconnectStep Step, TimeSpan Delay, Fault? Fault = null);

/// <summary>
/// Decides from how connections end whether a session connects again and when: exponential backoff with jitter, an end where
/// trying again cannot help, and words for the two loops that look like a bad network and are none (protocol.md §10, rows 3 and 4).
/// No clock and no chance of its own: both are given.
/// </summary>
internal sealed class ReconnectPolicy(SessionOptions options, ReconnectOptions? reconnect, Func<double> chance)
{
    /// <summary>A connection that the service closes sooner than this, without having carried anything, counts as thrown out.</summary>
    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(30);

    /// <summary>After so many connections in a row that ended over the same message, it is the message.</summary>
    private const int SameMessageLimit = 3;

    /// <summary>After so many connections in a row from which the client was thrown out, it is no accident.</summary>
    private const int RepeatedlyDisconnectedLimit = 5;

    private int _tries;
    private int _thrownOut;
    private object? _suspect;
    private int _suspected;

    /// <summary>How many times in a row connecting has been tried since a connection last carried something.</summary>
    public int Tries => _tries;

    /// <summary>
    /// Whether the oldest message in flight is suspected of being what the service closes the connection over. It is then sent again alone: the
    /// service may close over one behind it before it has answered those before.
    /// </summary>
    public bool HasSuspect => _suspected > 0;

    /// <summary>A connection could not be made.</summary>
    public ReconnectDecision AfterFailedConnect(Fault fault) =>
        reconnect is null || fault.IsPermanent ? Stop(fault) : TryAgain();

    /// <summary>A connection that was open ended.</summary>
    public ReconnectDecision AfterLoss(in EndedConnection ended)
    {
        if (reconnect is null || ended.Fault.IsPermanent)
        {
            return Stop(ended.Fault);
        }

        if (ended.Progressed || ended.OpenFor >= ShortLived)
        {
            _tries = 0;
        }

        var isTakenOver = ended.Fault.Code == SessionFaults.SessionTakenOver;
        var isShut = ended.ClosedByService && ended.OpenFor < ShortLived;
        if (isTakenOver || (isShut && !ended.Progressed))
        {
            _thrownOut++;
        }
        else
        {
            _thrownOut = 0;
        }

        if (!isShut || ended.Answered || isTakenOver || ended.Oldest is null)
        {
            (_suspect, _suspected) = (null, 0);
        }
        else if (ReferenceEquals(ended.Oldest, _suspect))
        {
            _suspected++;
        }
        else
        {
            (_suspect, _suspected) = (ended.Oldest, 1);
        }

        if (_suspected >= SameMessageLimit)
        {
            (_suspect, _suspected, _thrownOut) = (null, 0, 0);
            return TryAgain() with { Step = ReconnectStep.GiveUpOldest };
        }

        return _thrownOut >= RepeatedlyDisconnectedLimit ? Stop(SessionFaults.RepeatedlyDisconnected(options, _thrownOut, isTakenOver)) : TryAgain();
    }

    private static ReconnectDecision Stop(Fault fault) => new(ReconnectStep.Stop, TimeSpan.Zero, fault);

    private ReconnectDecision TryAgain()
    {
        _tries++;

        // Half of the wait is left to chance, so that clients which lost the service together do not come back together.
        var factor = Math.Pow(2, Math.Min(_tries - 1, 30)) * (0.5 + (0.5 * chance()));
        var delay = TimeSpan.FromTicks((long)Math.Min(reconnect!.FirstDelay.Ticks * factor, reconnect.LongestDelay.Ticks * (0.5 + (0.5 * chance()))));
        return new ReconnectDecision(ReconnectStep.TryAgain, delay);
    }
}
