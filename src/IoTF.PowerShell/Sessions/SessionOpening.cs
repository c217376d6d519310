using IoTF.Protocol.Identities;

namespace IoTF.PowerShell.Sessions;

/// <summary>What one input of a <c>Connect-</c> cmdlet comes to: a session on its way into the pool, one that is there already, or a failure.</summary>
internal sealed class SessionOpening
{
    /// <summary>How long saying farewell may take to a service that nobody wants any more.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly IoTFSession? _session;
    private readonly Task _opening;

    // What was found in the pool is there to stay.
    private readonly bool _isOwn;

    private SessionOpening(IoTFSession? session, Task opening, bool isOwn, object? target)
    {
        _session = session;
        _opening = opening;
        _isOwn = isOwn;
        Target = target;

        // Of an input whose pipeline was stopped nobody asks for the failure any more: it is looked at here, so that it is no unobserved exception of the host.
        End = opening.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>What its error is about.</summary>
    public object? Target { get; }

    /// <summary>Ends with the opening, and does not fail with it.</summary>
    public Task End { get; }

    /// <summary>Whether it ended without a session.</summary>
    public bool HasFailed => End.IsCompleted && !_opening.IsCompletedSuccessfully;

    /// <summary>The session, of an opening that did not fail.</summary>
    public IoTFSession Session => _session ?? throw new InvalidOperationException("There is no session.");

    /// <summary>A session that is open already.</summary>
    public static SessionOpening Found(IoTFSession session) => new(session, Task.CompletedTask, isOwn: false, target: null);

    /// <summary>An input that never came to a connection.</summary>
    public static SessionOpening Failed(Exception exception, object? target) => new(session: null, Task.FromException(exception), isOwn: false, target);

    /// <summary>Begins to open a session, after closing those whose place it takes.</summary>
    public static SessionOpening Start(
        IoTFSession session, IReadOnlyList<IoTFSession> replaced, SessionPool pool, object? target, CancellationToken cancellationToken) =>
        new(session, OpenAsync(session, replaced, pool, cancellationToken), isOwn: true, target);

    /// <summary>Whether it is about a client, or about a name.</summary>
    public bool IsOf(ClientIdentity identity, string name) =>
        _session is { } session && (session.Session.Options.Identity == identity || session.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Puts the session in the pool; throws what it failed with.</summary>
    public void Enter(SessionPool pool)
    {
        _opening.GetAwaiter().GetResult();
        if (_isOwn)
        {
            pool.Add(Session);
        }
    }

    /// <summary>Closes a session that did not get into the pool.</summary>
    public async Task AbandonAsync()
    {
        await End.ConfigureAwait(false);
        if (_isOwn)
        {
            await Session.Session.CloseAsync(Farewell).ConfigureAwait(false);
            Session.Session.Options.Credential?.Dispose();
        }
    }

    private static async Task OpenAsync(IoTFSession session, IReadOnlyList<IoTFSession> replaced, SessionPool pool, CancellationToken cancellationToken)
    {
        foreach (var earlier in replaced)
        {
            // Out of the pool first: it is closed even when nobody waits for that any more.
            var closing = earlier.Session.CloseAsync(Farewell);
            pool.Remove(earlier);
            await closing.WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        await session.Session.OpenAsync(cancellationToken).ConfigureAwait(false);
    }
}
