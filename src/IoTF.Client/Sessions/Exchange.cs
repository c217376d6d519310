using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Reports;
using IoTF.Protocol.Topics;
using MQTTnet.Packets;

namespace IoTF.Client.Sessions;

/// <summary>
/// What a session exchanges with the service: the messages in flight both ways and the link they travel on now. It outlives
/// connections. Everything is guarded by one gate; nothing here waits for the network while holding it.
/// </summary>
internal sealed class Exchange
{
    /// <summary>Packet ids that messages never take, so that subscriptions can be made again when the window is full.</summary>
    private const int IdsForRequests = 16;

    /// <summary>So many messages under way, or waiting to be taken, keep the other end or the receiver busy for more than a millisecond.</summary>
    private const int Plenty = 256;

    /// <summary>How long the answer to a single message is looked out for before the thread sleeps: a round trip in a local network.</summary>
    private static readonly TimeSpan LookOut = TimeSpan.FromMicroseconds(200);

    /// <summary>The bytes of an acknowledgement.</summary>
    private const int AnswerSize = 4;

    private readonly MessageFlow _flow = new();
    private readonly SessionOptions _options;
    private readonly TimeProvider _clock;
    private readonly OutboundWindow _outbound;
    private readonly InboundWindow _inbound = new();
    private readonly PendingRequests _requests = new();
    private readonly GateWait _wait;
    private readonly HashSet<SendBatch> _batches = [];
    private readonly Mailroom _mailroom;

    /// <summary>What becomes of a gateway's messages; null for the other roles, which are told by the answer.</summary>
    private readonly GatewayVerdicts? _verdicts;
    private readonly string? _notificationTopic;
    private readonly int _most;
    private int _limit;
    private Link? _link;
    private Fault? _refusal;
    private long _sent;
    private long _acknowledged;
    private long _received;
    private long _bytesSentBefore;
    private long _bytesReceivedBefore;
    private bool _progressed;
    private bool _answered;
    private bool _attached;
    private uint? _maximumPacketSize;
    private QualityOfService _maximumQualityOfService = QualityOfService.ExactlyOnce;

    public Exchange(SessionOptions options, TimeProvider clock, Mailroom mailroom)
    {
        _options = options;
        _clock = clock;
        _mailroom = mailroom;
        _most = Math.Min(options.MaxInFlight, ushort.MaxValue - IdsForRequests);
        _outbound = new OutboundWindow(_most, Math.Min(_most, options.MaxInFlightExactlyOnce));
        _wait = new GateWait(clock);
        if (options.Identity is { Role: ClientRole.Gateway, DeviceType: { } type, DeviceId: { } id })
        {
            _notificationTopic = LongTopics.NotificationTopic(type, id);
            _verdicts = new GatewayVerdicts(options, message => Settle(message, message.Verdict));
        }
    }

    /// <summary>Guards all state here and in the batches.</summary>
    public object Gate => _wait.Gate;

    /// <summary>Whether a message was answered or received since the last connection was made.</summary>
    public bool HasProgressed
    {
        get
        {
            lock (Gate)
            {
                return _progressed;
            }
        }
    }

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
    /// <param name="oneByOne">Whether what is in flight is sent again one by one, each when the one before is answered, to see which one the service closes over.</param>
    /// <returns>How many QoS 2 messages were sent again although the service forgot the session, so that they may arrive twice.</returns>
    public int Attach(AcceptedConnection connection, bool oneByOne)
    {
        lock (Gate)
        {
            _link = connection.Link;
            _progressed = _answered = false;
            _wait.SignOfLife();
            _maximumPacketSize = connection.MaximumPacketSize;
            _maximumQualityOfService = connection.MaximumQualityOfService;
            _limit = Math.Min(_most, connection.ReceiveMaximum);
            _outbound.Limit = oneByOne ? 1 : _limit;
            _inbound.Resume(connection.SessionPresent);
            if (connection.SessionPresent && !_attached)
            {
                // Kept for a process that is gone, which may have left ids unreleased.
                _outbound.InheritIds();
            }

            _attached = true;
            foreach (var message in _outbound.Resume(connection.SessionPresent, connection.Link))
            {
                // PUBREC had come: the service has it, whatever it forgot since.
                _acknowledged++;
                Settle((PendingMessage)message, ((PendingMessage)message).Verdict);
            }

            foreach (var batch in _batches)
            {
                batch.PublishUnwritten(connection.Link);
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

    /// <summary>Sends a message, waiting for room. What becomes of it is told to its batch.</summary>
    public void Publish(PendingMessage message, TimeSpan patience, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (!TryPublish(message, out var crowded))
        {
            if (crowded is not null)
            {
                if (!_wait.ForNetwork(crowded, crowded.WaitForRoomAsync, patience, cancellationToken))
                {
                    SettleUnsent(message, NotAcknowledged("could not be sent, because the network takes nothing", patience));
                    return;
                }
            }
            else if (!AwaitRoom(message.QualityOfService, patience, cancellationToken))
            {
                SettleUnsent(message, NotAcknowledged(WhyThereIsNoRoom, patience));
                return;
            }
        }
    }

    /// <summary>Waits until the QoS 0 messages of a batch have been given to the network, over as many connections as it takes, or gives them up.</summary>
    public void ConfirmWritten(SendBatch batch, TimeSpan patience, CancellationToken cancellationToken)
    {
        while (true)
        {
            Link? link;
            lock (Gate)
            {
                if (!batch.HasUnwritten)
                {
                    return;
                }

                link = LinkTakesMessages ? _link : null;
            }

            if (link is not null && WriteNow(link, batch))
            {
                return;
            }

            var inTime = link is null
                ? _wait.Until(() => !batch.HasUnwritten || LinkTakesMessages, patience, cancellationToken)
                : _wait.ForNetwork(link, link.FlushAsync, patience, cancellationToken);
            lock (Gate)
            {
                // Of a link that failed meanwhile it is looked at when it is taken away how far it came.
                if (link is not null && ReferenceEquals(link, _link) && link.WriteFault is null)
                {
                    batch.ConfirmUpTo(link.BytesSent);
                    AskForVerdicts(link);
                }

                if (!inTime)
                {
                    batch.GiveUpUnwritten(NotAcknowledged("could not be sent, because the network takes nothing", patience));
                }
            }
        }
    }

    /// <summary>Writes what is queued on this thread, which has nothing else to do.</summary>
    /// <returns>Whether the network has taken all QoS 0 messages of the batch by that.</returns>
    private bool WriteNow(Link link, SendBatch batch)
    {
        link.WriteQueued();
        lock (Gate)
        {
            if (ReferenceEquals(link, _link) && link.WriteFault is null)
            {
                batch.ConfirmUpTo(link.BytesSent);
            }

            return !batch.HasUnwritten;
        }
    }

    /// <summary>Looks out for the answer to a single message, which is often there sooner than a thread that sleeps is woken.</summary>
    private static void AwaitBriefly(SendBatch batch)
    {
        var started = Stopwatch.GetTimestamp();
        while (batch.Outstanding == 1 && Stopwatch.GetElapsedTime(started) < LookOut)
        {
            Thread.Yield();
        }
    }

    /// <summary>Waits until it is known of every message of a batch what became of it, or gives up those that are left.</summary>
    public void AwaitAcknowledgements(SendBatch batch, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (batch.Outstanding > 0)
        {
            Volatile.Read(ref _link)?.WriteQueued();
            AwaitBriefly(batch);
        }

        var inTime = _wait.Until(() => batch.Outstanding == 0, patience, cancellationToken);
        if (inTime)
        {
            return;
        }

        lock (Gate)
        {
            foreach (var message in _outbound.InFlight.Cast<PendingMessage>().Where(message => message.Batch == batch).ToArray())
            {
                // It stays in flight: its packet id is not free before the service says so.
                Settle(message, NotAcknowledged("was not acknowledged", patience));
            }

            _verdicts?.GiveUp(batch);
        }
    }

    /// <summary>Waits until everything in flight is settled.</summary>
    /// <returns>False when the time is over.</returns>
    public bool Drain(TimeSpan limit, CancellationToken cancellationToken) =>
        _wait.Until(() => _outbound.Count == 0, limit, cancellationToken, countsFromSigns: false);

    /// <summary>Says what became of a message. The caller holds the gate.</summary>
    public void Settle(PendingMessage message, Fault? fault)
    {
        if (message.IsSettled)
        {
            return;
        }

        message.IsSettled = true;
        message.Fault = fault;
        if (!message.IsAnswered)
        {
            message.SettledAt = _clock.GetTimestamp();
        }

        message.Batch!.Settled(message);
        _verdicts?.Settled(message);
    }

    /// <summary>
    /// The service has answered a message, or the network has taken it where no answer is due. It is settled with that, except for a gateway,
    /// which may be told otherwise. The caller holds the gate.
    /// </summary>
    public void Conclude(PendingMessage message, Fault? verdict)
    {
        if (_verdicts is null || _link is null || message.IsSettled)
        {
            Settle(message, message.Verdict ?? verdict);
            return;
        }

        (message.IsAnswered, message.SettledAt) = (true, _clock.GetTimestamp());
        message.Verdict ??= verdict;
        _verdicts.Answered(message);
    }

    /// <summary>Sends a PINGREQ.</summary>
    public void Ping(Link link)
    {
        lock (Gate)
        {
            link.Send(MqttPingReqPacket.Instance);
            if (ReferenceEquals(link, _link))
            {
                _verdicts?.Asked();
            }
        }
    }

    /// <summary>A received message was taken by whom it is for.</summary>
    public void Consumed(InboundMessage message)
    {
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            return;
        }

        lock (Gate)
        {
            _inbound.Consumed(message, _link);
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

    /// <summary>Deals with all packets that have arrived. Whoever waits is woken once, at the end.</summary>
    /// <exception cref="LinkException">The service broke the rules of MQTT.</exception>
    /// <exception cref="FaultException">The service ended the session.</exception>
    public void TakeArrived(Link link)
    {
        link.Cork();
        try
        {
            TakeAll(link);
        }
        finally
        {
            // Outside the gate: the answers are written while others go on.
            link.Uncork();
        }
    }

    private void TakeAll(Link link)
    {
        lock (Gate)
        {
            try
            {
                while (link.TryRead(out var packet))
                {
                    Take(packet, link);
                }
            }
            finally
            {
                if (_answered && !_outbound.IsResending)
                {
                    // All that was sent again has left: whatever was suspected, the window is open.
                    _outbound.Limit = _limit;
                }

                AskForVerdicts(link);
                SetPace(link);
                _mailroom.Announce();
                _wait.Wake();
            }
        }
    }

    /// <summary>Sends a message, or settles it when none is taken any more.</summary>
    /// <returns>False when there is no room; <paramref name="crowded"/> is the link when the network is what lacks it.</returns>
    internal bool TryPublish(PendingMessage message, out Link? crowded)
    {
        crowded = null;
        lock (Gate)
        {
            if ((_refusal ?? Unsendable(message)) is { } fault)
            {
                SettleUnsent(message, fault);
                return true;
            }

            if (!LinkTakesMessages || _link is not { } link || !_outbound.HasRoom(message.QualityOfService))
            {
                return false;
            }

            if (!link.HasRoom)
            {
                crowded = link;
                return false;
            }

            PublishNow(message, link);
            return true;
        }
    }

    /// <summary>
    /// What the reader may let come together: what one or two milliseconds bring when there is plenty to do meanwhile; answers for a quarter of what
    /// is under way, while the service has the rest to deal with; a few messages when they come thick and fast.
    /// </summary>
    private void SetPace(Link link)
    {
        var answers = _outbound.Count / 4;
        if (_outbound.Count >= Plenty || _mailroom.Waiting >= Plenty)
        {
            link.Pace.TakeTime();
        }
        else if (answers > 1)
        {
            link.Pace.Gather(answers, answers * AnswerSize);
        }
        else if (_flow.IsDense(_received, link.BytesReceived, _clock))
        {
            link.Pace.Gather(MessageFlow.Together, MessageFlow.Together * _flow.MessageSize);
        }
        else
        {
            link.Pace.Hurry();
        }
    }

    /// <summary>A link that cannot be written ends soon; what would be given to it in the meantime would only be lost.</summary>
    private bool LinkTakesMessages => _link is { WriteFault: null };

    /// <summary>Why the service does not take a message, by what it said when it accepted the connection (MQTT-5.0 §3.2.2.3).</summary>
    private Fault? Unsendable(PendingMessage message)
    {
        if (message.QualityOfService > _maximumQualityOfService)
        {
            return SessionFaults.QualityTooHigh(_options, message.Topic, message.QualityOfService, _maximumQualityOfService);
        }

        return _maximumPacketSize is { } limit && PublishSize.InVersion5(message) is var size && size > limit
            ? SessionFaults.TooLarge(_options, message.Topic, size, limit)
            : null;
    }

    private void SettleUnsent(PendingMessage message, Fault fault)
    {
        lock (Gate)
        {
            message.Batch!.Add(message);
            Settle(message, fault);
        }
    }

    private string WhyThereIsNoRoom => _link is null
        ? "could not be sent, because its connection was lost and could not be made again in time"
        : "could not be sent, because earlier ones are not acknowledged";

    private bool AwaitRoom(QualityOfService qualityOfService, TimeSpan patience, CancellationToken cancellationToken) =>
        _wait.Until(() => _refusal is not null || (LinkTakesMessages && _outbound.HasAmpleRoom(qualityOfService)), patience, cancellationToken);

    private void PublishNow(PendingMessage message, Link link)
    {
        var batch = message.Batch!;
        batch.Add(message);
        message.SentAt = _clock.GetTimestamp();
        _verdicts?.Sent(message);
        _outbound.Publish(message, link);
        _sent++;
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            batch.Queued(message, SendBatch.PositionOn(link), link.BytesSent);
            AskForVerdicts(link);
        }

        message.LastPacketId = message.PacketId;
    }

    private void Take(MqttPacket packet, Link link)
    {
        if (packet is MqttPingRespPacket)
        {
            // Proves that the line is open, not that messages are dealt with.
            _verdicts?.Heard();
            return;
        }

        _wait.SignOfLife();
        _answered |= packet is MqttPubAckPacket or MqttPubRecPacket or MqttPubCompPacket;
        _progressed |= _answered || packet is MqttPublishPacket;
        OutboundMessage? message;
        switch (packet)
        {
            case MqttPublishPacket publish:
                Take(publish, link);
                break;
            case MqttPubAckPacket ack:
                _outbound.OnPubAck(ack.PacketIdentifier, out message);
                Settle(message, (byte)ack.ReasonCode, ack.ReasonString);
                break;
            case MqttPubRecPacket rec:
                if (_outbound.OnPubRec(rec.PacketIdentifier, (byte)rec.ReasonCode, link, out message) == AcknowledgementOutcome.Settled)
                {
                    Settle(message, (byte)rec.ReasonCode, rec.ReasonString);
                }

                break;
            case MqttPubCompPacket comp:
                // Whatever its code: the service took the message over with its PUBREC, and 0x92 only says that it has finished with it.
                if (_outbound.OnPubComp(comp.PacketIdentifier, link, out message) == AcknowledgementOutcome.Settled)
                {
                    Settle(message, ReasonCode.Success, reason: null);
                }

                break;
            case MqttPubRelPacket rel:
                _inbound.OnPubRel(rel.PacketIdentifier, link);
                break;
            case MqttSubAckPacket subAck:
                Answer(subAck.PacketIdentifier, [.. subAck.ReasonCodes.Select(code => (byte)code)]);
                break;
            case MqttUnsubAckPacket unsubAck:
                Answer(unsubAck.PacketIdentifier, [.. (unsubAck.ReasonCodes ?? []).Select(code => (byte)code)]);
                break;
            case MqttDisconnectPacket disconnect when _options.Version == MqttVersion.V5:
                throw new FaultException(SessionFaults.ServerDisconnected(_options, (byte)disconnect.ReasonCode, disconnect.ReasonString));
            default:
                throw new LinkException(LinkFailure.Malformed, $"A server does not send {packet.GetType().Name}.");
        }
    }

    private void Take(MqttPublishPacket publish, Link link)
    {
        if (string.IsNullOrEmpty(publish.Topic))
        {
            // Only a topic alias may stand for a topic, and the CONNECT has allowed none (MQTT-5.0 §3.3.2.3.4).
            throw new LinkException(LinkFailure.Malformed, "A PUBLISH has no topic.");
        }

        var message = new InboundMessage(
            publish.Topic, BytesOf(publish.Payload), (QualityOfService)publish.QualityOfServiceLevel, publish.PacketIdentifier, publish.Retain, publish.Dup);
        switch (_inbound.OnPublish(message, link))
        {
            case InboundOutcome.Deliver:
                _received++;
                if (message.Topic == _notificationTopic)
                {
                    TakeNotification(message);
                }

                if (!_mailroom.Sort(message, _clock.GetUtcNow()))
                {
                    _inbound.Consumed(message, link);
                }

                break;
            case InboundOutcome.LimitExceeded:
                throw new LinkException(LinkFailure.Malformed, "The service sent more unacknowledged messages than it may.");
        }
    }

    private void Settle(OutboundMessage? message, byte reasonCode, string? reason)
    {
        if (message is null)
        {
            return;
        }

        if (ReasonCode.IsFailure(reasonCode))
        {
            Conclude((PendingMessage)message, SessionFaults.MessageRefused(_options, message.Topic, reasonCode, reason));
        }
        else
        {
            _acknowledged++;
            Conclude((PendingMessage)message, verdict: null);
        }
    }

    private void TakeNotification(InboundMessage message)
    {
        if (GatewayNotification.Read(message.Payload) is { } notification
            && notification.Request is null or GatewayNotification.Publish
            && !_verdicts!.Notified(notification))
        {
            _mailroom.TellOfDropped(SessionFaults.MessageDropped(_options, notification).Message);
        }
    }

    private void AskForVerdicts(Link link)
    {
        if (_verdicts is { MustAsk: true } && ReferenceEquals(link, _link))
        {
            Ping(link);
        }
    }

    private void Answer(ushort packetId, IReadOnlyList<byte> reasonCodes)
    {
        if (_requests.Answer(packetId, reasonCodes))
        {
            _outbound.ReleaseId(packetId);
        }
    }

    private Fault NotAcknowledged(string what, TimeSpan patience) => new(
        FaultIds.AcknowledgeTimeout,
        FaultCategory.Timeout,
        $"A message of {_options.Identity.ClientId} {what}: {_options.Endpoint} has shown no sign of life for {patience.TotalSeconds:0.###} s.",
        "Send it again if it may arrive twice; -TimeoutSec sets the limit, -MaxInFlight the number of messages under way.");

    private static byte[] BytesOf(ReadOnlySequence<byte> payload) =>
        SequenceMarshal.TryGetReadOnlyMemory(payload, out var memory)
        && MemoryMarshal.TryGetArray(memory, out var segment)
        && segment.Array is { } array && segment.Offset == 0 && segment.Count == array.Length
            ? array
            : payload.ToArray();
}
