using System.Security.Cryptography;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Connections;
using IoTF.Emulator.Refusals;
using IoTF.Protocol.Identities;

namespace IoTF.Emulator.Sessions;

/// <summary>All sessions of the local service, those that wait for their clients included. One ClientId has one connection at most.</summary>
internal sealed class SessionTable(EmulatorOptions options, Traffic traffic)
{
    private readonly Dictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Gives a client its session. Another connection of the same client is closed first: the second one wins (protocol.md §2.4).</summary>
    /// <param name="connection">The client's connection.</param>
    /// <param name="admitted">What was agreed with the client.</param>
    /// <returns>The session, attached; the CONNACK has been sent.</returns>
    public Session Open(Connection connection, AdmittedClient admitted)
    {
        lock (_sessions)
        {
            var key = KeyOf(admitted.Identity);
            if (_sessions.TryGetValue(key, out var session) && session.Connection is { } earlier)
            {
                earlier.Close(CloseReason.ClientIdReused);
                Release(earlier, session);
            }

            // A session that ended with the connection just closed is not in the table any more.
            var present = !admitted.CleanSession && _sessions.TryGetValue(key, out session) && !HasExpired(session);
            if (!present)
            {
                if (_sessions.Remove(key, out var old))
                {
                    old.End();
                }

                session = new Session(key, admitted.Identity, admitted.Organization, options, traffic);
                _sessions.Add(key, session);
            }

            session!.Expiry = admitted.SessionExpiry;
            session.ResourceGroup = admitted.Principal.ResourceGroup;
            connection.Welcome(session, present);
            session.Attach(connection);
            return session;
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

    /// <summary>What has to be looked at from time to time: sessions whose time is over, clients that have gone silent, queues that do not move.</summary>
    public void Sweep()
    {
        Session[] sessions;
        lock (_sessions)
        {
            sessions = [.. _sessions.Values];
        }

        foreach (var session in sessions)
        {
            session.Outbox.LookForProgress();
            session.Connection?.CloseIfSilent();
            if (session.Connection is null && HasExpired(session))
            {
                Expire(session);
            }
        }
    }

    private void Expire(Session session)
    {
        lock (_sessions)
        {
            // Its client may have come back in the meantime.
            if (session.Connection is null && HasExpired(session) && _sessions.GetValueOrDefault(session.Key) == session)
            {
                _sessions.Remove(session.Key);
                session.End();
            }
        }
    }

    private bool HasExpired(Session session) =>
        session.Connection is null
        && session.Expiry != Timeout.InfiniteTimeSpan
        && options.Clock.GetElapsedTime(session.DetachedAt) >= session.Expiry;

    // Members of a scalable application without an instance id share one ClientId and are told apart by a hidden suffix (protocol.md §2.5).
    private static string KeyOf(ClientIdentity identity) => identity is { Role: ClientRole.ScalableApplication, InstanceId: null }
        ? $"{identity.ClientId}:_{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}"
        : identity.ClientId;
}
