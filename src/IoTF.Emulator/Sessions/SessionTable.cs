using System.Security.Cryptography;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Connections;
using IoTF.Emulator.Persistence;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Sessions;

/// <summary>All sessions of the local service, those that wait for their clients included. One ClientId has one connection at most.</summary>
internal sealed class SessionTable(EmulatorOptions options, Traffic traffic, ChangeMark changes, RefusalLog refusals)
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>What members of scalable applications share.</summary>
    public SharedSubscriptions Shared { get; } = new(options, refusals);

    /// <summary>All sessions; a copy.</summary>
    public Session[] All
    {
        get
        {
            lock (_sessions)
            {
                return [.. _sessions.Values];
            }
        }
    }

    /// <summary>Gives a client its session. Another connection of the same client is closed first: the second one wins (protocol.md §2.4).</summary>
    /// <param name="connection">The client's connection.</param>
    /// <param name="admitted">What was agreed with the client.</param>
    /// <param name="refused">Why the client gets none after all; null when it does.</param>
    /// <returns>The session, attached; the CONNACK has been sent. Null when the client is not let in.</returns>
    public Session? Open(Connection connection, AdmittedClient admitted, out ConnectRefused? refused)
    {
        lock (_sessions)
        {
            var key = KeyOf(admitted.Identity);
            _sessions.TryGetValue(key, out var session);
            refused = RefuseOutdated(admitted) ?? RefuseOneTooMany(admitted, session) ?? RefuseSession(admitted, session) ?? RefuseWill(admitted);
            if (refused is not null)
            {
                refused = refused with { Identity = admitted.Identity, Organization = admitted.Organization };
                return null;
            }

            if (session?.Connection is { } earlier)
            {
                earlier.Close(CloseReason.ClientIdReused);
                Release(earlier, session);
            }

            // A session that ended with the connection just closed is not in the table any more.
            var present = !admitted.CleanSession && _sessions.TryGetValue(key, out session) && !session.HasExpired;
            if (!present)
            {
                if (_sessions.Remove(key, out var old))
                {
                    old.End();
                }

                session = Make(key, admitted.Identity, admitted.Organization);
                _sessions.Add(key, session);
            }

            session!.Expiry = admitted.SessionExpiry;
            session.ApiKey = admitted.Principal.ApiKey;
            session.ResourceGroup = admitted.Principal.ResourceGroup;
            if (present)
            {
                foreach (var (filter, reason) in session.JudgeAgain(admitted.Principal))
                {
                    connection.Log(reason.Code, $"{reason.Words} The session was subscribed to {Quotation.Of(filter)} by a client that might be.");
                }
            }

            connection.Welcome(session, present);
            session.Attach(connection);
            return session;
        }
    }

    /// <summary>A device or gateway was registered anew: whoever is connected with the earlier token is closed. What it was before, if it was another role, is forgotten.</summary>
    public void OnRegistered(ClientIdentity identity, ClientIdentity inOtherRole)
    {
        lock (_sessions)
        {
            _sessions.GetValueOrDefault(identity.ClientId)?.Connection?.Close(CloseReason.RegisteredAnew);
            if (_sessions.TryGetValue(inOtherRole.ClientId, out var other))
            {
                other.Connection?.Close(CloseReason.RegisteredAnew);
                if (_sessions.Remove(inOtherRole.ClientId))
                {
                    other.End();
                }
            }
        }
    }

    /// <summary>A connection has ended: its session waits for the client, or ends with it.</summary>
    public void Release(Connection connection, Session session)
    {
        lock (_sessions)
        {
            if (!session.Detach(connection))
            {
                return;
            }

            var expiry = session.Expiry;
            if (expiry == TimeSpan.Zero)
            {
                _sessions.Remove(session.Key);
                session.End();
            }

            // Within the lock, so that what is told of a client is told in the order in which it came and went.
            connection.Farewell(session, expiry);
        }
    }

    /// <summary>What has to be looked at from time to time: whether a queue still moves, whether a client has gone silent, whether a session's time is over.</summary>
    public void Sweep(Session session)
    {
        session.Outbox.LookForProgress();
        session.Connection?.CloseIfSilent();
        if (session.HasExpired)
        {
            Expire(session);
        }
    }

    /// <summary>Puts back the session of a client that was away before a restart.</summary>
    /// <param name="identity">The client.</param>
    /// <param name="organization">Its organization.</param>
    /// <returns>An empty session, which waits for its client.</returns>
    public Session Restore(ClientIdentity identity, Organization organization)
    {
        var session = Make(identity.ClientId, identity, organization);
        lock (_sessions)
        {
            _sessions[identity.ClientId] = session;
        }

        return session;
    }

    /// <summary>The client was registered anew between its login and now.</summary>
    private static ConnectRefused? RefuseOutdated(AdmittedClient admitted) =>
        admitted.Principal.IsOutdated ? ConnectRefused.NotAuthorized(CloseReason.RegisteredAnew.Words) : null;

    /// <summary>The organization has as many connections as it may. A client that takes over its own connection adds none.</summary>
    private ConnectRefused? RefuseOneTooMany(AdmittedClient admitted, Session? session)
    {
        if (session?.Connection is not null)
        {
            return null;
        }

        var organization = admitted.Organization;
        if (organization.Options.MaximumConnections is { } most && organization.Connections >= most)
        {
            return ConnectRefused.Silently(CloseReason.TooManyConnections, MqttConnectReasonCode.QuotaExceeded);
        }

        // Devices and gateways are registered one by one; ClientIds of applications, and of everybody in quickstart, can be made up.
        return (admitted.Identity.IsApplication || admitted.Identity.IsQuickstart)
            && CountIfFull(admitted, static one => one.Connection is not null, options.ConnectionsPerApiKey) is { } count
            ? ConnectRefused.Silently(CloseReason.TooManyConnections, MqttConnectReasonCode.QuotaExceeded) with
            {
                Words = $"{CloseReason.TooManyConnections.Words} {count} clients are connected with the same API key.",
            }
            : null;
    }

    /// <summary>An API key has as many persistent sessions as it may: each is kept until it expires, and any number of application ids can be made up.</summary>
    private ConnectRefused? RefuseSession(AdmittedClient admitted, Session? session) =>
        admitted.Identity.IsApplication
        && admitted.SessionExpiry != TimeSpan.Zero
        && (session is null || session.Expiry == TimeSpan.Zero)
        && CountIfFull(admitted, static one => one.Expiry != TimeSpan.Zero, options.SessionsPerApiKey) is { } count
            ? ConnectRefused.NotAuthorized($"The API key has {count} persistent sessions, and no more are kept. Connect the applications that left them without one, which ends theirs.") with
            {
                ReasonCode = MqttConnectReasonCode.QuotaExceeded,
            }
            : null;

    /// <summary>There is no memory left for the last will, which is kept as long as the connection.</summary>
    private static ConnectRefused? RefuseWill(AdmittedClient admitted) =>
        admitted.Will is { } will && will.Cost > admitted.Organization.Memory.Free
            ? ConnectRefused.Silently(CloseReason.NoCapacity, MqttConnectReasonCode.QuotaExceeded)
            : null;

    /// <returns>How many sessions of the client's API key there are, if there may be no more; else null.</returns>
    private int? CountIfFull(AdmittedClient admitted, Func<Session, bool> counts, int most)
    {
        var count = _sessions.Values.Count(session =>
            session.Organization == admitted.Organization && session.ApiKey == admitted.Principal.ApiKey && counts(session));
        return count >= most ? count : null;
    }

    private Session Make(string key, ClientIdentity identity, Organization organization) =>
        new(key, identity, organization, options, traffic, Shared, changes, () => refusals.AddOverflow(identity.ClientId, identity.ClientId));

    private void Expire(Session session)
    {
        lock (_sessions)
        {
            // Its client may have come back in the meantime.
            if (session.HasExpired && _sessions.GetValueOrDefault(session.Key) == session)
            {
                _sessions.Remove(session.Key);
                session.End();
            }
        }
    }

    // Members of a scalable application without an instance id share one ClientId and are told apart by a hidden suffix (protocol.md §2.5).
    private static string KeyOf(ClientIdentity identity) => identity is { Role: ClientRole.ScalableApplication, InstanceId: null }
        ? $"{identity.ClientId}:_{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}"
        : identity.ClientId;
}
