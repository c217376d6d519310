using System.Net.Sockets;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Faults;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Reports;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>One network connection from accept to close: handshake, CONNECT, packets, and a close that reaches the client.</summary>
internal sealed class Connection
{
    /// <summary>How many bytes of answers may wait for a client that reads nothing: those to all messages that it can have unacknowledged, several times over.</summary>
    private const int MaximumUnread = 1024 * 1024;

    private readonly EmulatorService _service;
    private readonly Doorway _doorway;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Presence _presence;
    private CloseReason? _ending;
    private long _messagesRead;
    private Session? _session;
    private AdmittedClient? _client;
    private PacketHandler? _handler;
    private bool _paused;

    public Connection(EmulatorService service, Socket socket, bool secure)
    {
        _service = service;
        _doorway = new Doorway(socket, secure);
        _presence = new Presence(service, socket, _doorway);
        Faults = new ConnectionFaults(service, this);
    }

    /// <summary>Carries the packets, once the connection is secured.</summary>
    public Link Link => _doorway.Link ?? throw new InvalidOperationException("The connection is not open yet.");

    /// <summary>What was agreed with the client; null before it was let in.</summary>
    public AdmittedClient? Client => _client;

    /// <summary>Ends when the socket is closed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Whose it is; null before the client was let in.</summary>
    public ClientIdentity? Identity => _session?.Identity;

    /// <summary>What goes wrong on it on demand.</summary>
    public ConnectionFaults Faults { get; }

    /// <summary>Whether it has come to its end, and nothing is taken from the client any more.</summary>
    public bool IsClosing => Volatile.Read(ref _ending) is not null;

    /// <summary>Serves the connection until it ends. Whatever the client does, nothing is thrown.</summary>
    public async Task RunAsync()
    {
        try
        {
            var arrival = new Arrival(_service, this, _doorway, _closing.Task);
            if (await arrival.ReadConnectAsync().ConfigureAwait(false) is { } connect
                && await arrival.JudgeAsync(connect).ConfigureAwait(false) is { } client
                && Admit(client, connect))
            {
                await ServeAsync().ConfigureAwait(false);
            }
        }
        catch (LinkException exception)
        {
            OnLinkFailure(exception);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            Close(CloseReason.ServerProblem, $"{CloseReason.ServerProblem.Words} {exception.GetType().Name}: {exception.Message}");
        }
        finally
        {
            await FinishAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Does not let the client in, with the answer that belongs to it.</summary>
    /// <param name="refused">Why not.</param>
    /// <param name="connect">The CONNECT; null when none could be read.</param>
    public void Refuse(ConnectRefused refused, MqttConnectPacket? connect)
    {
        if (!BeginClosing(refused.Reason))
        {
            return;
        }

        var clientId = connect?.ClientId is { } given ? Quotation.Of(given) : null;
        _service.Refusals.Add(clientId, _doorway.RemoteAddress, refused.Reason.Code, refused.Exactly ?? refused.Words);
        if (ConnAcks.Refuse(refused, Link.Version!.Value, ConnectRules.MaximumPacketSize(connect)) is { } connAck)
        {
            Link.Send(connAck);
        }

        _presence.Refused(refused, Link.Version!.Value);
        Leave();
    }

    /// <summary>Closes the connection for a reason, which a MQTT 5 client is told. The session is free at once; what was queued still leaves.</summary>
    public void Close(CloseReason reason, string? detail = null)
    {
        if (!BeginClosing(reason))
        {
            return;
        }

        if (reason != CloseReason.ShuttingDown)
        {
            Log(reason.Code, detail ?? reason.Words);
        }

        if (_session is not null && Link.Version == MqttVersion.V5)
        {
            Link.Send(new MqttDisconnectPacket { ReasonCode = reason.ReasonCode, ReasonString = ReasonStrings.Fit(reason.Words, _client!.MaximumPacketSize) });
        }

        Leave();
    }

    /// <summary>The client has said DISCONNECT, or has gone without it.</summary>
    public void Goodbye(CloseReason reason)
    {
        if (BeginClosing(reason))
        {
            Leave();
        }
    }

    /// <summary>Cuts the connection as a broken network does.</summary>
    public void Drop()
    {
        if (BeginClosing(CloseReason.ClosedByClient))
        {
            FreeSession();
            _doorway.Cut();
        }
    }

    /// <summary>Remembers something the client did that was not accepted, although it stays connected.</summary>
    public void Log(int closeCode, string reason) =>
        _service.Refusals.Add(_client?.Identity.ClientId, _doorway.RemoteAddress, closeCode, reason);

    /// <summary>Closes the connection when nothing came for one and a half times the keep-alive (MQTT-3.1.1 §3.1.2.10).</summary>
    public void CloseIfSilent()
    {
        // While the client is being slowed down it is the service that does not read.
        if (_client is { KeepAlive: var keepAlive } && keepAlive > TimeSpan.Zero && !Volatile.Read(ref _paused)
            && _service.Options.Clock.GetElapsedTime(Link.LastReceived) > keepAlive * 1.5)
        {
            Close(CloseReason.KeepAliveTimeout);
        }
    }

    public void CountMessageRead() => Interlocked.Increment(ref _messagesRead);

    /// <summary>Sends the CONNACK that lets the client in, and tells others. Called while the client's session is being given to it.</summary>
    public void Welcome(Session session, bool sessionPresent)
    {
        var version = Link.Version!.Value;
        _session = session;
        Link.Send(ConnAcks.Accept(_client!, version, sessionPresent));
        _presence.Arrived(_client!, version, sessionPresent);
    }

    /// <summary>Tells others that the client has gone. Called once the session is taken from it.</summary>
    public void Farewell(Session session, TimeSpan sessionExpiry)
    {
        var counts = new ConnectionCounts(Link.BytesReceived, Interlocked.Read(ref _messagesRead), Link.BytesTaken, session.Outbox.Sent);
        _presence.Left(_client!, Link.Version!.Value, _ending ?? CloseReason.ServerProblem, counts, sessionExpiry);
    }

    /// <summary>What a user sees of the connection; null before the client was let in.</summary>
    public EmulatorConnection? Snapshot() => _session is { } session && !IsClosing ? _presence.Snapshot(session) : null;

    /// <summary>Gives the client its session.</summary>
    /// <returns>False when the connection is being closed already.</returns>
    private bool Admit(AdmittedClient client, MqttConnectPacket connect)
    {
        _client = client;
        if (_service.Sessions.Open(this, client, out var refused) is not { } session)
        {
            Refuse(refused!, connect);
            return false;
        }

        _service.Traffic.CountConnection();
        _handler = new PacketHandler(_service, this, session, client);

        // Closing may have begun before there was a session to release.
        if (IsClosing)
        {
            _service.Sessions.Release(this, session);
        }

        return !IsClosing;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            while (!IsClosing && Link.TryRead(out var packet))
            {
                var goOn = _service.Faults.IsEmpty ? _handler!.Handle(packet) : Faults.HandleAsync(packet, _handler!, _closing.Task);
                if (!goOn.IsCompletedSuccessfully)
                {
                    Volatile.Write(ref _paused, true);
                    await (await Task.WhenAny(goOn, _closing.Task).ConfigureAwait(false)).ConfigureAwait(false);
                    Volatile.Write(ref _paused, false);
                }
            }

            if (!IsClosing && LeavesAnswersUnread())
            {
                Close(CloseReason.SlowClient);
            }

            if (IsClosing || !await Link.FillAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Messages wait in the outbox until the client reads; answers are written at once, and a client could ask for any number of them.</summary>
    private bool LeavesAnswersUnread()
    {
        var unread = Link.BytesQueued - Link.BytesSent;
        var options = _service.LinkOptions;
        return unread > MaximumUnread
            && unread > MaximumUnread + options.WriteAhead + options.MaximumPacketSize + _session!.Outbox.BytesInFlight;
    }

    private void OnLinkFailure(LinkException exception)
    {
        switch (exception.Failure)
        {
            case LinkFailure.PacketTooLarge:
                Close(CloseReason.MessageTooLarge, exception.Message);
                break;
            case LinkFailure.ProtocolVersion:
                Close(CloseReason.InvalidData, $"The version of MQTT is not supported. {exception.Message}");
                break;
            case LinkFailure.Malformed when _session is null && Link.Version == MqttVersion.V5:
                Refuse(ConnectRefused.Silently(CloseReason.InvalidData, MqttConnectReasonCode.MalformedPacket), connect: null);
                break;
            case LinkFailure.Malformed:
                Close(CloseReason.InvalidData, exception.Message);
                break;
            default:
                Goodbye(CloseReason.ClosedByClient);
                break;
        }
    }

    private bool BeginClosing(CloseReason reason)
    {
        if (Interlocked.CompareExchange(ref _ending, reason, null) is not null)
        {
            return false;
        }

        _closing.TrySetResult();
        return true;
    }

    /// <summary>Frees the session and lets what is queued leave; once for each connection.</summary>
    private void Leave()
    {
        FreeSession();
        _ = _doorway.HangUpAsync();
    }

    private void FreeSession()
    {
        if (_session is { } session)
        {
            _service.Sessions.Release(this, session);
        }

        _handler?.Publishing.Abandon();
    }

    private async Task FinishAsync()
    {
        Goodbye(CloseReason.ClosedByClient);
        await _doorway.DrainAsync().ConfigureAwait(false);
        await _doorway.HungUp.ConfigureAwait(false);
        _service.Forget(this);
        _ended.TrySetResult();
    }
}
