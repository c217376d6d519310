using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;
using MQTTnet.Packets;

namespace IoTF.Client.Sessions;

/// <summary>
/// What a session exchanges with the service: the messages in flight both ways and the link they travel on now. It outlives
/// connections. Everything is guarded by one gate; nothing here waits for the network while holding it.
/// </summary>
internal sealed partial class Exchange
{
    /// <summary>Packet ids that messages never take, so that subscriptions can be made again when the window is full.</summary>
    private const int IdsForRequests = 16;

    private readonly SessionOptions _options;
    private readonly TimeProvider _clock;
    private readonly OutboundWindow _outbound;

    private readonly InboundWindow _inbound;

    private readonly PendingRequests _requests = new();

    private readonly GateWait _wait;
    private readonly HashSet<SendBatch> _batches = [];
    private readonly Mailroom _mailroom;
    private readonly ReceivingNotices _notices;
    private readonly ReadPacing _pacing;
    private readonly PingRecord _pings = new();

    /// <summary>What becomes of a gateway's messages; null for the other roles, which are told by the answer.</summary>
    private readonly GatewayVerdicts? _verdicts;

    private readonly string? _notificationTopic;
    private readonly int _most;
    private readonly ReceivingRoom _room;

    /// <summary>How many messages the service sends before the first is acknowledged, as far as that is known.</summary>
    private readonly int _mostToReceive;
    private int _limit;
    private Link? _link;
    private Fault? _refusal;
    private long _sent;
    private long _acknowledged;
    private long _received;
    private long _bytesSentBefore;
    private long _bytesReceivedBefore;
    private bool _answered;
    private bool _attached;

    /// <summary>Whether nothing new is sent, because it is being found out whether the service closes over the oldest message in flight.</summary>
    private bool _isProbing;
    private bool _probed;
    private uint? _maximumPacketSize;
    private QualityOfService _maximumQualityOfService = QualityOfService.ExactlyOnce;

    public Exchange(SessionOptions options, TimeProvider clock, Mailroom mailroom, ReceivingNotices notices)
    {
        _options = options;
        _clock = clock;
        _mailroom = mailroom;
        _notices = notices;
        _room = new ReceivingRoom(options.ReceivingRoom);
        _most = Math.Min(options.MaxInFlight, ushort.MaxValue - IdsForRequests);
        _inbound = new InboundWindow { Limit = options.Version == MqttVersion.V5 ? Handshake.ReceiveMaximum : ushort.MaxValue };
        _mostToReceive = Math.Min(_inbound.Limit, ServiceLimits.InFlight(options.Identity.Role));
        _outbound = new OutboundWindow(_most, Math.Min(_most, options.MaxInFlightExactlyOnce));
        _wait = new GateWait(clock);
        _pacing = new ReadPacing(_outbound, mailroom, clock);
        if (options.Identity is { Role: ClientRole.Gateway, DeviceType: { } type, DeviceId: { } id })
        {
            _notificationTopic = LongTopics.NotificationTopic(type, id);
            _verdicts = new GatewayVerdicts(options, message => Settle(message, message.Verdict));
        }
    }

    /// <summary>Guards all state here and in the batches.</summary>
    public object Gate => _wait.Gate;

    /// <summary>Whether a message was answered, even with a refusal, since the last connection was made.</summary>
    public bool HasAnswered
    {
        get
        {
            lock (Gate)
            {
                return _answered;
            }
        }
    }

    /// <summary>Whether the oldest message in flight was alone on the last connection, sent after that was known to work.</summary>
    public bool HasProbed
    {
        get
        {
            lock (Gate)
            {
                return _isProbing && _probed;
            }
        }
    }

    /// <summary>Whether the answer to a SUBSCRIBE or UNSUBSCRIBE, or to a PINGREQ of <see cref="ProveAsync"/>, is awaited.</summary>
    public bool AwaitsAnswer
    {
        get
        {
            lock (Gate)
            {
                return _requests.AreAwaited || _pings.IsAwaited;
            }
        }
    }

    /// <summary>The oldest message in flight; null when there is none.</summary>
    public PendingMessage? OldestInFlight
    {
        get
        {
            lock (Gate)
            {
                return (PendingMessage?)_outbound.InFlight.FirstOrDefault();
            }
        }
    }

    public SessionCounters Counters
    {
        get
        {
            lock (Gate)
            {
                return new SessionCounters(
                    _sent, _acknowledged, _outbound.Count, _received, _mailroom.Waiting, _mailroom.Dropped,
                    _bytesSentBefore + (_link?.BytesSent ?? 0), _bytesReceivedBefore + (_link?.BytesReceived ?? 0));
            }
        }
    }

    /// <summary>Puts a new connection to use: what is in flight is sent again, and what had not reached the network is sent now.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="probes">
    /// Whether it is to be found out over which message the service closes: nothing is sent before <see cref="Probe"/>, then what is in flight one by
    /// one, each when the one before is answered.
    /// </param>
    /// <returns>How many QoS 2 messages were sent again although the service forgot the session, so that they may arrive twice.</returns>
    public int Attach(AcceptedConnection connection, bool probes)
    {
        lock (Gate)
        {
            _link = connection.Link;
            _answered = _probed = false;
            _pings.Clear();
            _maximumPacketSize = connection.MaximumPacketSize;
            _maximumQualityOfService = connection.MaximumQualityOfService;
            _limit = Math.Min(_most, connection.ReceiveMaximum);
            _outbound.Limit = probes ? 0 : _limit;
            _inbound.Resume(connection.SessionPresent);
            if (connection.SessionPresent && !_attached)
            {
                // Kept for a process that is gone, which may have left ids unreleased.
                _outbound.InheritIds();
            }

            _attached = true;
            foreach (var message in _outbound.Withdraw(message => Unsendable((PendingMessage)message) is not null).Cast<PendingMessage>())
            {
                Settle(message, Unsendable(message));
            }

            foreach (var message in _outbound.Resume(connection.SessionPresent, connection.Link))
            {
                // PUBREC had come: the service has it, whatever it forgot since.
                _acknowledged++;
                Settle((PendingMessage)message, ((PendingMessage)message).Verdict);
            }

            _isProbing = probes && _outbound.Count > 0;
            if (!_isProbing)
            {
                _outbound.Limit = _limit;
                PublishUnwritten(connection.Link);
            }

            _wait.Wake();
            return connection.SessionPresent ? 0 : _outbound.ExactlyOnceCount;
        }
    }

    /// <summary>The connection is gone. What it did not carry waits for the next one.</summary>
    public void Detach(Fault fault)
    {
        lock (Gate)
        {
            if (_link is not { } link)
            {
                return;
            }

            _link = null;
            link.StopSending();
            _bytesSentBefore += link.BytesSent;
            _bytesReceivedBefore += link.BytesReceived;
            foreach (var batch in _batches)
            {
                // What was being written may have left: QoS 0 arrives at most once.
                batch.ConfirmUpTo(link.BytesTaken);
            }

            _verdicts?.GiveUp();
            _pings.Clear();
            foreach (var id in _requests.Fail(fault))
            {
                _outbound.ReleaseId(id);
            }

            _wait.Wake();
        }
    }

    /// <summary>Gives up the oldest message in flight: the service closes the connection over it.</summary>
    public void GiveUpOldest(Func<PendingMessage, Fault> explain)
    {
        lock (Gate)
        {
            if (_outbound.AbandonOldest() is PendingMessage message)
            {
                Settle(message, explain(message));
                _wait.Wake();
            }
        }
    }

    /// <summary>The session is over: whoever waits is told, and what is in flight is given up.</summary>
    /// <returns>The messages that were not confirmed and that no batch reports, oldest first.</returns>
    public IReadOnlyList<PendingMessage> End(Fault fault)
    {
        lock (Gate)
        {
            _refusal ??= fault;
            var unreported = new List<PendingMessage>();
            foreach (var message in _outbound.Abandon().Cast<PendingMessage>())
            {
                if (!message.IsSettled && !_batches.Contains(message.Batch!))
                {
                    unreported.Add(message);
                }

                Settle(message, fault);
            }

            foreach (var batch in _batches)
            {
                batch.GiveUpUnwritten(fault);
            }

            _wait.Wake();
            return unreported;
        }
    }

    /// <summary>Follows a batch until it is dismissed.</summary>
    public void Enlist(SendBatch batch)
    {
        lock (Gate)
        {
            _batches.Add(batch);
        }
    }

    /// <summary>Forgets a batch.</summary>
    public void Dismiss(SendBatch batch)
    {
        lock (Gate)
        {
            _batches.Remove(batch);
        }
    }

    /// <summary>Takes no new messages from now on; those that wait for room are told.</summary>
    public void Refuse(Fault fault)
    {
        lock (Gate)
        {
            _refusal ??= fault;
            _wait.Wake();
        }
    }

    /// <summary>Sends a PINGREQ.</summary>
    public void Ping(Link link)
    {
        lock (Gate)
        {
            link.Send(MqttPingReqPacket.Instance);
            if (ReferenceEquals(link, _link))
            {
                _pings.Ask();
                _verdicts?.Asked();
            }
        }
    }

    /// <summary>Sends a PINGREQ and waits for its answer.</summary>
    /// <exception cref="OperationCanceledException">There is no connection, or it ended before the answer.</exception>
    public Task ProveAsync()
    {
        lock (Gate)
        {
            if (_link is not { } link)
            {
                return Task.FromCanceled(new CancellationToken(canceled: true));
            }

            Ping(link);
            return _pings.AnswerAsync();
        }
    }

    /// <summary>
    /// On a connection that probes: sends a PINGREQ, and the oldest message in flight when that is answered. A service that closes in between does
    /// not close over the message.
    /// </summary>
    public void Probe(Link link)
    {
        lock (Gate)
        {
            if (_isProbing && !_probed && !_pings.IsProbing && ReferenceEquals(link, _link))
            {
                _pings.ProbeWithNext();
                Ping(link);
            }
        }
    }

    /// <summary>Sends a SUBSCRIBE or UNSUBSCRIBE and returns the answer's reason codes, one for each filter.</summary>
    /// <exception cref="FaultException">There is no connection, or it ended before the answer.</exception>
    public Task<IReadOnlyList<byte>> RequestAsync(Func<ushort, MqttPacket> makePacket)
    {
        lock (Gate)
        {
            if (_refusal is not null || _link is not { } link)
            {
                throw new FaultException(_refusal ?? SessionFaults.NotConnected(_options));
            }

            var id = _outbound.ReserveId();
            link.Send(makePacket(id));
            return _requests.Add(id);
        }
    }

    private void PublishUnwritten(Link link)
    {
        foreach (var batch in _batches)
        {
            batch.PublishUnwritten(link, Unsendable);
            if (batch.HasUnwritten)
            {
                _pings.SentUnanswered();
            }
        }
    }

    /// <summary>A link that cannot be written ends soon; what would be given to it in the meantime would only be lost.</summary>
    private bool LinkTakesMessages => _link is { WriteFault: null } && !_isProbing;
}
