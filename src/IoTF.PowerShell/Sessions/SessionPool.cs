using System.Management.Automation;
using IoTF.Client.Sessions;
using IoTF.PowerShell.Completion;
using IoTF.PowerShell.Errors;
using IoTF.PowerShell.Loading;

namespace IoTF.PowerShell.Sessions;

/// <summary>The sessions of one runspace. They are disconnected when the runspace ends.</summary>
internal sealed class SessionPool : IAsyncDisposable
{
    /// <summary>How long what is in flight may take when nobody waits for it any more.</summary>
    private static readonly TimeSpan DrainAtEnd = TimeSpan.FromSeconds(5);

    /// <summary>The part of the time to the end of the process that leaves enough for sending DISCONNECT.</summary>
    private const int DrainShare = 2;

    private readonly object _gate = new();
    private readonly List<IoTFSession> _sessions = [];

    /// <summary>The pool of the runspace that runs the calling cmdlet.</summary>
    public static SessionPool Current => RunspaceScope.Current.Get(EndOrder.Connections, static () => new SessionPool());

    /// <summary>All sessions that were not disconnected, in the order of connecting; those that failed, too.</summary>
    public IReadOnlyList<IoTFSession> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _sessions];
            }
        }
    }

    /// <summary>What completion remembers of the messages of the sessions.</summary>
    public SeenNames Seen { get; } = new();

    /// <summary>Devices and gateways that have a session here or were heard of in one.</summary>
    public IEnumerable<(string Type, string Id)> KnownDevices => All
        .Where(static session => session.DeviceType is not null && session.DeviceId is not null)
        .Select(static session => (session.DeviceType!, session.DeviceId!))
        .Concat(Seen.Devices);

    /// <summary>The sessions whose name or ClientId fits a pattern with wildcards, or is just that text: a name may hold brackets.</summary>
    public IReadOnlyList<IoTFSession> Find(string pattern)
    {
        var wildcard = WildcardPattern.Get(pattern, WildcardOptions.IgnoreCase);
        return [.. All.Where(session => Fits(session.Name) || Fits(session.ClientId))];

        bool Fits(string name) => wildcard.IsMatch(name) || name.Equals(pattern, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Adds a session that is open.</summary>
    /// <exception cref="IoTFException">Its name is taken.</exception>
    public void Add(IoTFSession session)
    {
        lock (_gate)
        {
            RequireFreeName(session.Name, except: []);
            _sessions.Add(session);
        }
    }

    /// <summary>Takes a session out; its owner disconnects it.</summary>
    public void Remove(IoTFSession session)
    {
        lock (_gate)
        {
            _sessions.Remove(session);
        }
    }

    /// <summary>The session of the same identity at the same service; null when there is none.</summary>
    public IoTFSession? FindSame(SessionOptions options, string name)
    {
        lock (_gate)
        {
            return _sessions.Find(session => IsSame(session, options, name));
        }
    }

    /// <summary>
    /// The sessions that a new one takes the place of: that of the same identity at the same service; those of its name that are over; and, when it
    /// is to be forced, that of its name and identity at another service.
    /// </summary>
    public IReadOnlyList<IoTFSession> FindReplaced(SessionOptions options, string name, bool force)
    {
        lock (_gate)
        {
            return [.. _sessions.Where(session =>
                IsSame(session, options, name)
                || (HasName(session, name) && (session.IsOver || (force && session.Session.Options.Identity == options.Identity))))];
        }
    }

    /// <summary>Makes sure that a name is free, before a connection is made for it.</summary>
    /// <exception cref="IoTFException">It is taken.</exception>
    public void RequireFreeName(string name, IReadOnlyList<IoTFSession> except)
    {
        lock (_gate)
        {
            if (_sessions.Find(other => HasName(other, name) && !except.Contains(other)) is { } taken)
            {
                throw new IoTFException(
                    ErrorIds.NameInUse,
                    $"A session named '{name}' is already in the pool of this runspace: {taken.ClientId} at {taken.Session.Options.Endpoint}.",
                    "Use another -Name, or disconnect that session (-Force does if it has the same identity).");
            }
        }
    }

    private static bool HasName(IoTFSession session, string name) => session.Name.Equals(name, StringComparison.OrdinalIgnoreCase);

    // Members of a scalable application may share a ClientId; then it is the name that tells them apart.
    private static bool IsSame(IoTFSession session, SessionOptions options, string name) =>
        session.Session.Options.Identity == options.Identity
        && session.Session.Options.Endpoint == options.Endpoint
        && (!options.Identity.IsSharedByMembers || HasName(session, name));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        var share = RunspaceScope.Limit / DrainShare;
        var drain = share < DrainAtEnd ? share : DrainAtEnd;
        await Task.WhenAll(All.Select(session => session.Session.CloseAsync(drain))).ConfigureAwait(false);
    }
}
