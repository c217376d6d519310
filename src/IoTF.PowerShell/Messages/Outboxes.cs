using IoTF.Client.Sending;
using IoTF.PowerShell.Sessions;

namespace IoTF.PowerShell.Messages;

/// <summary>
/// What one <c>Send-</c> cmdlet sends, with each of its sessions. Of a fleet one that has lost its connection does not keep the others waiting:
/// its messages are set aside and tried again with each that follows.
/// </summary>
/// <param name="patience">How long a service may send nothing before a message counts as not acknowledged.</param>
/// <param name="wantsAll">Whether each message is reported, or only those that failed.</param>
/// <param name="meanwhile">What the thread that sends does while it waits.</param>
internal sealed class Outboxes(TimeSpan patience, bool wantsAll, Meanwhile meanwhile) : IDisposable
{
    private readonly List<Outbox> _all = new(capacity: 1);

    /// <summary>Those with messages that are set aside; null until there is one.</summary>
    private List<Outbox>? _late;

    /// <summary>Null as long as there is only one, as most have.</summary>
    private Dictionary<IoTFSession, Outbox>? _bySession;

    /// <summary>One for each session, in the order of their first messages.</summary>
    public IReadOnlyList<Outbox> All => _all;

    /// <summary>Messages of which it is not known yet what became of them.</summary>
    public int Outstanding => _all.Sum(static outbox => outbox.Batch.Outstanding);

    /// <summary>That of a session; a new one when it has none.</summary>
    public Outbox Of(IoTFSession session)
    {
        if (_all.Count == 1 && _all[0].Session == session)
        {
            return _all[0];
        }

        if (_bySession is not null && _bySession.TryGetValue(session, out var known))
        {
            return known;
        }

        var outbox = new Outbox(session, new SendBatch(session.Session, patience, wantsAll, meanwhile));
        _all.Add(outbox);
        if (_all.Count > 1)
        {
            _bySession ??= new() { [_all[0].Session] = _all[0] };
            _bySession.Add(session, outbox);
        }

        return outbox;
    }

    /// <summary>Sends a message of one of many sessions: when it cannot be sent now, it is set aside.</summary>
    /// <exception cref="OperationCanceledException">The token fired; the message was not sent.</exception>
    public void SendOrSetAside(Outbox outbox, PendingMessage message, CancellationToken cancellationToken)
    {
        _late?.RemoveAll(static late => late.Batch.TrySendSetAside());
        outbox.Batch.SendOrSetAside(message, cancellationToken);
        if (!outbox.Batch.TrySendSetAside() && _late?.Contains(outbox) is not true)
        {
            (_late ??= []).Add(outbox);
        }
    }

    /// <summary>Waits until it is known of every message what became of it; in the time of one session, however many have lost their connection.</summary>
    /// <exception cref="OperationCanceledException">The token fired; messages are still under way.</exception>
    public void Complete(CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        foreach (var outbox in _all)
        {
            outbox.Batch.Complete(cancellationToken, since);
        }
    }

    /// <summary>Stops following the messages. They stay on their way.</summary>
    public void Dispose()
    {
        foreach (var outbox in _all)
        {
            outbox.Batch.Dispose();
        }
    }
}
