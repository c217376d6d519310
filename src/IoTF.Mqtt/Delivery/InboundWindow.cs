namespace IoTF.Mqtt.Delivery;

/// <summary>What is to be done with a received PUBLISH.</summary>
public enum InboundOutcome
{
    /// <summary>New: hand it on, and call <see cref="InboundWindow.Consumed"/> when it was taken.</summary>
    Deliver,

    /// <summary>Received before: do not hand it on. What there was to answer has been answered.</summary>
    Duplicate,

    /// <summary>The sender has more unacknowledged messages than it was allowed: close the connection (MQTT-5.0 §3.3.4, code 0x93).</summary>
    LimitExceeded,
}

/// <summary>
/// The receiving half of MQTT's delivery rules (MQTT-3.1.1 §4.3). An acknowledgement is sent when the message was consumed, not when
/// it arrived, and in the order of arrival (MQTT-3.1.1 §4.6), so that what a receiver did not finish is sent to it again.
/// No input or output, no clock, no thread: one owner at a time calls it.
/// </summary>
public sealed class InboundWindow
{
    /// <summary>Arrived over this connection and not acknowledged, in order of arrival.</summary>
    private readonly Queue<InboundMessage> _arrived = new();
    private readonly Dictionary<ushort, InboundMessage> _arrivedById = [];

    /// <summary>Arrived over an earlier connection of this session and not acknowledged: the sender will send them again.</summary>
    private readonly Dictionary<ushort, InboundMessage> _expectedAgain = [];

    /// <summary>QoS 2: PUBREC sent over this connection, PUBREL awaited. By what the messages are recognized: the other end decides how long they are remembered.</summary>
    private readonly Dictionary<ushort, UInt128> _awaitingPubRel = [];

    /// <summary>QoS 2: PUBREC sent over an earlier connection of this session only. The sender's allowance does not count them (MQTT-5.0 §4.9).</summary>
    private readonly Dictionary<ushort, UInt128> _awaitingPubRelSinceBefore = [];

    /// <summary>How many QoS 1 and 2 messages may be unacknowledged (MQTT 5's Receive Maximum); 65,535 is no limit.</summary>
    public int Limit { get; set; } = ushort.MaxValue;

    /// <summary>QoS 1 and 2 messages that arrived and are not acknowledged to the end.</summary>
    public int Count => UnacknowledgedHere + _awaitingPubRelSinceBefore.Count;

    private int UnacknowledgedHere => _arrived.Count + _awaitingPubRel.Count;

    /// <summary>A PUBLISH arrived.</summary>
    public InboundOutcome OnPublish(InboundMessage message, IPacketSink sink)
    {
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            return InboundOutcome.Deliver;
        }

        if (message.QualityOfService == QualityOfService.ExactlyOnce && IsAwaitingPubRel(message))
        {
            sink.PubRec(message.PacketId, ReasonCode.Success);
            return InboundOutcome.Duplicate;
        }

        if (_arrivedById.ContainsKey(message.PacketId))
        {
            return InboundOutcome.Duplicate;
        }

        if (UnacknowledgedHere >= Limit)
        {
            return InboundOutcome.LimitExceeded;
        }

        if (_expectedAgain.Remove(message.PacketId, out var earlier))
        {
            if (message.Duplicate && IsSame(earlier, message))
            {
                Add(earlier);
                Acknowledge(sink);
                return InboundOutcome.Duplicate;
            }

            // Another message: the sender gave the earlier one up. DUP alone does not prove that this one was seen before
            // (MQTT-3.1.1 §3.3.1.1): its own first transmission may be what was lost.
            earlier.State = InboundState.Free;
        }

        message.State = InboundState.Held;
        Add(message);
        return InboundOutcome.Deliver;
    }

    /// <summary>A message was taken by whom it is for: acknowledges it, and those behind it that waited for their turn.</summary>
    /// <param name="message">A message that <see cref="OnPublish"/> said to deliver. A second call does nothing.</param>
    /// <param name="sink">Takes the acknowledgements; null while there is no connection.</param>
    /// <param name="reasonCode">MQTT 5: a failure refuses the message.</param>
    public void Consumed(InboundMessage message, IPacketSink? sink, byte reasonCode = ReasonCode.Success)
    {
        if (message.State != InboundState.Held)
        {
            return;
        }

        message.State = InboundState.Consumed;
        message.AnswerCode = reasonCode;
        if (sink is not null)
        {
            Acknowledge(sink);
        }
    }

    /// <summary>A PUBREL arrived: the id of a QoS 2 message is free again. Answered even when it is unknown, so that the sender can go on.</summary>
    public void OnPubRel(ushort packetId, IPacketSink sink)
    {
        var known = _awaitingPubRel.Remove(packetId) || _awaitingPubRelSinceBefore.Remove(packetId);
        sink.PubComp(packetId, known ? ReasonCode.Success : ReasonCode.PacketIdentifierNotFound);
    }

    /// <summary>A new connection was made: what is not acknowledged will be sent again, or never when the other end forgot the session.</summary>
    public void Resume(bool sessionPresent)
    {
        if (sessionPresent)
        {
            foreach (var message in _arrived)
            {
                _expectedAgain[message.PacketId] = message;
            }

            foreach (var (id, fingerprint) in _awaitingPubRel)
            {
                _awaitingPubRelSinceBefore[id] = fingerprint;
            }
        }
        else
        {
            foreach (var message in _arrived.Concat(_expectedAgain.Values))
            {
                message.State = InboundState.Free;
            }

            _expectedAgain.Clear();
            _awaitingPubRelSinceBefore.Clear();
        }

        _awaitingPubRel.Clear();
        _arrived.Clear();
        _arrivedById.Clear();
    }

    /// <summary>
    /// Whether a QoS 2 message has been received. One of an earlier connection comes again with DUP (MQTT-3.1.1 §3.3.1.1) and is the same; else
    /// it is another message, of a sender that lost the session without saying so (MQTT 3.1 cannot; a restored server does not know).
    /// </summary>
    private bool IsAwaitingPubRel(InboundMessage message)
    {
        if (_awaitingPubRelSinceBefore.Remove(message.PacketId, out var earlier) && message.Duplicate && earlier == message.Fingerprint)
        {
            _awaitingPubRel.Add(message.PacketId, earlier);
        }

        return _awaitingPubRel.ContainsKey(message.PacketId);
    }

    private static bool IsSame(InboundMessage earlier, InboundMessage message) =>
        earlier.QualityOfService == message.QualityOfService && earlier.Fingerprint == message.Fingerprint;

    private void Add(InboundMessage message)
    {
        _arrived.Enqueue(message);
        _arrivedById.Add(message.PacketId, message);
    }

    private void Acknowledge(IPacketSink sink)
    {
        while (_arrived.TryPeek(out var message) && message.State == InboundState.Consumed)
        {
            _arrived.Dequeue();
            _arrivedById.Remove(message.PacketId);
            message.State = InboundState.Free;
            if (message.QualityOfService == QualityOfService.AtLeastOnce)
            {
                sink.PubAck(message.PacketId, message.AnswerCode);
            }
            else
            {
                if (!ReasonCode.IsFailure(message.AnswerCode))
                {
                    _awaitingPubRel.Add(message.PacketId, message.Fingerprint);
                }

                sink.PubRec(message.PacketId, message.AnswerCode);
            }
        }
    }
}
