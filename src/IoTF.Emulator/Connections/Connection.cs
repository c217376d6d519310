using System.Net.Sockets;
using IoTF.Emulator.Admission;
using IoTF.Emulator.Faults;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Reports;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>One network connection from accept to close: handshake, CONNECT, packets, and a close that reaches the client.</summary>
internal sealed class Connection
{
    private readonly EmulatorService _service;
    private readonly Doorway _doorway;
    private readonly TaskCompletionSource _closing = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Presence _presence;
    private CloseReason? _ending;
    private long _messagesRead;
    private Link? _link;
    private Session? _session;
    private AdmittedClient? _client;
    private PacketHandler? _handler;
    private DateTimeOffset _connectedAt;
    private bool _paused;
    private ReadingPace? _pace;

    public Connection(EmulatorService service, Socket socket, bool secure)
    {
        _service = service;
        _doorway = new Doorway(socket, secure);
        _presence = new Presence(service, socket, _doorway);
    }

    /// <summary>Carries the packets, once the connection is secured.</summary>
    public Link Link => _link ?? throw new InvalidOperationException("The connection is not open yet.");

    /// <summary>How many messages the client takes unacknowledged.</summary>
    public int ReceiveMaximum => _client?.ReceiveMaximum ?? ushort.MaxValue;

    /// <summary>Whether MQTT travels in a WebSocket.</summary>
    public bool IsWebSocket => _doorway.IsWebSocket;

    /// <summary>Ends when the socket is closed.</summary>
    public Task Ended => _ended.Task;

    private bool IsClosing => Volatile.Read(ref _ending) is not null;

    /// <summary>Serves the connection until it ends. Whatever the client does, nothing is thrown.</summary>
    public async Task RunAsync()
    {
        try
        {
            if (await ReadConnectAsync().ConfigureAwait(false) is { } connect && await AdmitAsync(connect).ConfigureAwait(false))
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
            Link.Send(new MqttDisconnectPacket { ReasonCode = reason.ReasonCode, ReasonString = reason.Words });
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

    /// <summary>A fault that was asked for may close the connection now.</summary>
    public void MeetClosingFault()
    {
        if (_session is not { Identity.ClientId: var clientId } || IsClosing)
        {
            return;
        }

        if (_service.Faults.Happens(EmulatorFaultKind.Drop, clientId, out _))
        {
            Drop();
        }
        else if (_service.Faults.Happens(EmulatorFaultKind.Close, clientId, out var close))
        {
            Close(FaultyAnswers.Close(close.Code));
        }
    }

    /// <summary>How late an acknowledgement is because of a fault that was asked for; zero as usual.</summary>
    public TimeSpan AcknowledgementDelay() =>
        !_service.Faults.IsEmpty && _service.Faults.Happens(EmulatorFaultKind.DelayAcknowledgements, _client!.Identity.ClientId, out var late) ? late.Delay : TimeSpan.Zero;

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
        _connectedAt = _service.Options.Clock.GetUtcNow();
        Link.Send(ConnAcks.Accept(_client!, version, sessionPresent));
        _presence.Arrived(_client!.Principal, version, sessionPresent);
    }

    /// <summary>Tells others that the client has gone. Called once the session is taken from it.</summary>
    public void Farewell(Session session, TimeSpan sessionExpiry)
    {
        var counts = new ConnectionCounts(Link.BytesReceived, Interlocked.Read(ref _messagesRead), Link.BytesTaken, session.Outbox.Sent);
        _presence.Left(_client!, Link.Version!.Value, _ending ?? CloseReason.ServerProblem, counts, sessionExpiry);
    }

    /// <summary>What a user sees of the connection; null before the client was let in.</summary>
    public EmulatorConnection? Snapshot()
    {
        if (_session is not { } session || IsClosing)
        {
            return null;
        }

        var counts = session.Outbox.Counts;
        return new EmulatorConnection
        {
            ClientId = session.Identity.ClientId,
            Role = session.Identity.Role,
            RemoteAddress = _doorway.RemoteAddress,
            Secure = _doorway.Secure,
            WebSocket = IsWebSocket,
            Version = Link.Version!.Value,
            ConnectedAt = _connectedAt,
            BytesReceived = Link.BytesReceived,
            BytesSent = Link.BytesSent,
            Subscriptions = session.SubscriptionCount,
            InFlight = counts.InFlight,
            Queued = counts.Queued,
            Dropped = counts.Dropped,
        };
    }

    /// <summary>TLS and the first packet, both within one deadline.</summary>
    private async Task<MqttConnectPacket?> ReadConnectAsync()
    {
        using var deadline = new CancellationTokenSource(_service.Options.ConnectDeadline, _service.Options.Clock);
        try
        {
            var stream = await _doorway.OpenAsync(_service.TlsOptions, deadline.Token).ConfigureAwait(false);
            _link = new Link(stream, _service.LinkOptions);
            if (IsClosing)
            {
                return null;
            }

            var first = await _link.ReadAsync(deadline.Token).ConfigureAwait(false);
            if (first is null or MqttConnectPacket)
            {
                return (MqttConnectPacket?)first;
            }

            Close(CloseReason.InvalidData, "The first packet is not a CONNECT.");
        }
        catch (OperationCanceledException)
        {
            Close(CloseReason.NothingReceived);
        }
        catch (NotAdmittedException exception)
        {
            Close(exception.Reason, exception.Message);
        }
        catch (Exception exception) when (exception is not LinkException && _link is null)
        {
            Close(CloseReason.TlsFailed, $"{CloseReason.TlsFailed.Words} {exception.InnerException?.Message ?? exception.Message}");
        }

        return null;
    }

    private async Task<bool> AdmitAsync(MqttConnectPacket connect)
    {
        if (_service.Faults.Happens(EmulatorFaultKind.RefuseConnect, connect.ClientId ?? "", out var fault))
        {
            Refuse(FaultyAnswers.Refusal(fault.Code), connect.ClientId);
            return false;
        }

        if (_service.LoginDelays.IsDelaying(connect.ClientId ?? ""))
        {
            Close(CloseReason.AuthenticationDelayed, $"{CloseReason.AuthenticationDelayed.Words} {Quotation.Of(connect.ClientId)} connects again meanwhile.");
            return false;
        }

        _client = _service.ConnectRules.Judge(connect, Link.Version!.Value, _doorway.Secure, _doorway.ServerName, out var refused);
        if (refused is not null)
        {
            var interrupted = refused.IsFailedLogin
                ? await FailedLogin.WaitAsync(_service.LoginDelays, refused.Identity!.ClientId, Link, _closing.Task, _service.Options.Clock).ConfigureAwait(false)
                : null;
            if (interrupted is null)
            {
                Refuse(refused, connect.ClientId);
            }
            else if (interrupted == CloseReason.ClosedByClient)
            {
                Goodbye(interrupted);
            }
            else
            {
                Close(interrupted);
            }

            return false;
        }

        _service.LoginDelays.Forget(_client!.Identity.ClientId);
        if (connect.WillFlag && _client.Will is null)
        {
            Log(CloseReason.NotAuthorized.Code, $"{CloseReason.NotAuthorized.Words} The last will for {Quotation.Of(connect.WillTopic)} is dropped.");
        }

        var session = _service.Sessions.Open(this, _client);
        _service.Traffic.CountConnection();
        _handler = new PacketHandler(_service, this, session, _client);

        // Closing may have begun before there was a session to release.
        if (IsClosing)
        {
            _service.Sessions.Release(this, session);
        }

        return !IsClosing;
    }

    private void Refuse(ConnectRefused refused, string? clientId)
    {
        if (!BeginClosing(refused.Reason))
        {
            return;
        }

        _service.Refusals.Add(clientId is null ? null : Quotation.Of(clientId), _doorway.RemoteAddress, refused.Reason.Code, refused.Words);
        if (ConnAcks.Refuse(refused, Link.Version!.Value) is { } connAck)
        {
            Link.Send(connAck);
        }

        _presence.Refused(refused, Link.Version!.Value);
        Leave();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            while (!IsClosing && Link.TryRead(out var packet))
            {
                var goOn = _service.Faults.IsEmpty ? _handler!.Handle(packet) : HandleWithFaultsAsync(packet);
                if (!goOn.IsCompletedSuccessfully)
                {
                    Volatile.Write(ref _paused, true);
                    await (await Task.WhenAny(goOn, _closing.Task).ConfigureAwait(false)).ConfigureAwait(false);
                    Volatile.Write(ref _paused, false);
                }
            }

            if (IsClosing || !await Link.FillAsync(CancellationToken.None).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    private async Task HandleWithFaultsAsync(MqttPacket packet)
    {
        MeetClosingFault();
        var identity = _client!.Identity;
        if (!IsClosing && _service.Faults.Stalls(identity.ClientId, out var cleared))
        {
            await Task.WhenAny(cleared, _closing.Task).ConfigureAwait(false);
        }

        if (IsClosing)
        {
            return;
        }

        await _handler!.Handle(packet).ConfigureAwait(false);
        if (packet is MqttPublishPacket publish && _service.Faults.Happens(EmulatorFaultKind.SlowReading, identity.ClientId, out _))
        {
            _pace ??= new ReadingPace(identity.Role, _service.Options.Clock);
            await Task.Delay(_pace.Count(publish.Payload.Length), _service.Options.Clock).ConfigureAwait(false);
        }
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
                Refuse(ConnectRefused.Silently(CloseReason.InvalidData, MqttConnectReasonCode.MalformedPacket), clientId: null);
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
        _ = _doorway.HangUpAsync(_link);
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
