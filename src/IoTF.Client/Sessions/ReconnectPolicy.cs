using IoTF.Client.Faults;

namespace IoTF.Client.Sessions;

/// <summary>What is known about a connection that ended after the service had accepted it.</summary>
/// <param name="Fault">Why it ended.</param>
/// <param name="At">When it ended, on a clock that only goes forward.</param>
/// <param name="OpenFor">How long the service had accepted it.</param>
/// <param name="EndedByPeer">Whether the other end closed or reset it, rather than the network going silent.</param>
/// <param name="Oldest">The oldest message in flight, for comparison only; null when there is none.</param>
/// <param name="Answered">Whether a message that was sent was answered on it.</param>
/// <param name="Probed">Whether the oldest message was alone on it, sent when a PINGREQ had been answered and so were those before it.</param>
/// <param name="OverFilter">Whether the service ended it in place of answering a filter that was asked for alone: somebody else looks for that one.</param>
internal readonly record struct EndedConnection(
    Fault Fault, TimeSpan At, TimeSpan OpenFor, bool EndedByPeer, object? Oldest, bool Answered = false, bool Probed = false, bool OverFilter = false);

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
/// <param name="Warns">Whether the user is warned of what is in the way.</param>
internal readonly record struct ReconnectDecision(ReconnectStep Step, TimeSpan Delay, Fault? Fault = null, bool Warns = false);

/// <summary>
/// Decides from how connections end whether a session connects again and when: exponential backoff with full jitter, an end where
/// trying again cannot help, and words for the two loops that look like a bad network and are none (protocol.md §10, rows 3 and 4).
/// No clock and no chance of its own: both are given.
/// </summary>
internal sealed class ReconnectPolicy(SessionOptions options, ReconnectOptions? reconnect, Func<double> chance)
{
    /// <summary>A connection that the other end ends sooner than this, or sooner than the wait before it might have been, is short-lived.</summary>
    private static readonly TimeSpan ShortLived = TimeSpan.FromSeconds(10);

    /// <summary>A connection that ended later than this after it was made did not end over what was sent at its beginning.</summary>
    private static readonly TimeSpan AtItsBeginning = TimeSpan.FromSeconds(30);

    /// <summary>How long a short-lived connection counts: once a day is no loop.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>After so many connections that ended over the same message, all but the first with nothing else on them, it is the message.</summary>
    private const int SameMessageLimit = 3;

    /// <summary>After so many connections in the window that another client took over, as MQTT 5 tells, that client stays.</summary>
    private const int TakenOverLimit = 5;

    /// <summary>
    /// After so many short-lived connections in the window, another client is the likeliest reason. More than where MQTT tells, and over a time, so that
    /// a service that is being restarted, a network that is cut a hundred times and a message over which the service closes are outlived.
    /// </summary>
    private const int RepeatedlyDisconnectedLimit = 10;

    /// <summary>The time between the first and the last of them.</summary>
    private static readonly TimeSpan AtLeastFor = TimeSpan.FromMinutes(1);

    private readonly Queue<TimeSpan> _shortLived = new();
    private readonly Queue<TimeSpan> _takenOver = new();
    private int _tries;
    private TimeSpan _longestWait;
    private object? _suspect;
    private int _suspected;

    /// <summary>Whether a connection was ended at its beginning although messages had been answered on it, and none has lasted since.</summary>
    private bool _isDoubted;
    private bool _warned;

    /// <summary>
    /// Whether the oldest message in flight is suspected of being what the service closes the connection over. It is then sent again alone,
    /// and only when the connection is known to work: the service may close over something else, or over everything.
    /// </summary>
    public bool HasSuspect => _suspected > 0;

    /// <summary>A connection could not be made.</summary>
    public ReconnectDecision AfterFailedConnect(Fault fault)
    {
        if (reconnect is null || IsFinal(fault))
        {
            return Stop(fault);
        }

        // Nobody takes over the connection of a service that does not accept any: it is the service that comes and goes.
        _shortLived.Clear();
        if (!fault.IsPermanent)
        {
            return TryAgain();
        }

        // A session that was open has had the right certificate, proxy and port: somebody has to put right what is in the way, and may.
        _tries++;
        var decision = new ReconnectDecision(
            ReconnectStep.TryAgain, reconnect.LongestDelay * (0.5 + (0.5 * chance())), Warns: !_warned);
        _warned = true;
        return decision;
    }

    /// <summary>A connection that was open ended.</summary>
    public ReconnectDecision AfterLoss(in EndedConnection ended)
    {
        if (reconnect is null || IsFinal(ended.Fault))
        {
            return Stop(ended.Fault);
        }

        var hasLasted = ended.OpenFor >= ShortLived && ended.OpenFor >= _longestWait;
        if (hasLasted)
        {
            _tries = 0;
            _warned = false;
        }

        var isTakenOver = ended.Fault.Code == SessionFaults.SessionTakenOver;
        if (isTakenOver)
        {
            _takenOver.Enqueue(ended.At);
        }
        else if (ended.EndedByPeer && !hasLasted && !ended.OverFilter)
        {
            _shortLived.Enqueue(ended.At);
        }

        Suspect(ended, isTakenOver);
        if (_suspected >= SameMessageLimit)
        {
            (_suspect, _suspected) = (null, 0);
            _shortLived.Clear();
            return TryAgain() with { Step = ReconnectStep.GiveUpOldest };
        }

        if (Count(_takenOver, ended.At) >= TakenOverLimit)
        {
            return Stop(SessionFaults.RepeatedlyDisconnected(options, _takenOver.Count, isTakenOver: true));
        }

        return Count(_shortLived, ended.At) >= RepeatedlyDisconnectedLimit && ended.At - _shortLived.Peek() >= AtLeastFor
            ? Stop(SessionFaults.RepeatedlyDisconnected(options, _shortLived.Count, isTakenOver: false))
            : TryAgain();
    }

    /// <summary>Whether it cannot pass: the service does not accept the client.</summary>
    private static bool IsFinal(Fault fault) => fault is { IsPermanent: true, Code: not null };

    private static ReconnectDecision Stop(Fault fault) => new(ReconnectStep.Stop, TimeSpan.Zero, fault);

    private static int Count(Queue<TimeSpan> window, TimeSpan now)
    {
        while (window.TryPeek(out var first) && now - first >= Window)
        {
            window.Dequeue();
        }

        return window.Count;
    }

    /// <summary>
    /// Looks for the message over which the service ends the connection. A suspect is cleared by its own answer, and by a connection that the service
    /// ended before the suspect was sent. The answers to other messages do not clear it: a connection on which some are answered before the service
    /// comes to the one that it closes over would hide that one for as long as there are others. Nor does a network that is cut. They only put the
    /// suspicion off once, so that what was in flight when a service was restarted is sent again without waiting for each answer.
    /// </summary>
    private void Suspect(in EndedConnection ended, bool isTakenOver)
    {
        if (!ReferenceEquals(ended.Oldest, _suspect))
        {
            (_suspect, _suspected) = (null, 0);
        }

        if (!ended.EndedByPeer || ended.OverFilter || isTakenOver || ended.Oldest is null || SaysWhy(ended.Fault))
        {
            return;
        }

        if (ended.Probed)
        {
            (_suspect, _suspected) = (ended.Oldest, _suspected + 1);
        }
        else if (HasSuspect)
        {
            (_suspect, _suspected) = (null, 0);
        }
        else if (ended.OpenFor >= AtItsBeginning)
        {
            _isDoubted = false;
        }
        else if (ended.Answered && !_isDoubted)
        {
            _isDoubted = true;
        }
        else
        {
            (_suspect, _suspected) = (ended.Oldest, 1);
        }
    }

    /// <summary>Whether the service said that it closes for a reason of its own: it is busy or shutting down (MQTT-5.0 §3.14.2.1).</summary>
    private static bool SaysWhy(Fault fault) => fault.Id == FaultIds.ServerDisconnected && fault.Code is 0x89 or 0x8B;

    private ReconnectDecision TryAgain()
    {
        _tries++;
        var longest = TimeSpan.FromTicks((long)Math.Min(reconnect!.FirstDelay.Ticks * Math.Pow(2, Math.Min(_tries - 1, 30)), reconnect.LongestDelay.Ticks));
        _longestWait = longest;

        // All of the wait is left to chance, so that clients which lost the service together come back spread over it.
        return new ReconnectDecision(ReconnectStep.TryAgain, longest * chance());
    }
}
