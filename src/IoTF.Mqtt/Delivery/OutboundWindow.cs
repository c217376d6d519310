using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace IoTF.Mqtt.Delivery;

/// <summary>
/// The sending half of MQTT's delivery rules (MQTT-3.1.1 §4.3, §4.4): packet ids, what is in flight and in which order, what an
/// acknowledgement means, what is sent again after a reconnect. No input or output, no clock, no thread: one owner at a time calls it.
/// </summary>
public sealed class OutboundWindow
{
    private readonly Dictionary<ushort, OutboundMessage> _inFlight = [];
    private readonly HashSet<ushort> _reserved = [];
    private readonly InFlightList _order = new();
    private ushort _lastId;

    /// <summary>Ids that an earlier owner of the session may have left unreleased at the other end; null when there is no such owner.</summary>
    private BitArray? _inheritedIds;

    /// <summary>QoS 2 messages that wait for a release, their own or that of one before them, in the order of sending. Others are left out when they come to the front.</summary>
    private readonly Queue<OutboundMessage> _unreleased = new();

    /// <summary>Where messages that are held back after a reconnect go.</summary>
    private IPacketSink? _resumedOver;

    /// <summary>An empty window.</summary>
    /// <param name="limit">How many messages may be in flight, 1 to 65,535.</param>
    /// <param name="exactlyOnceLimit">How many of them may be QoS 2; at most <paramref name="limit"/> counts.</param>
    public OutboundWindow(int limit, int exactlyOnceLimit)
    {
        Limit = limit;
        ExactlyOnceLimit = exactlyOnceLimit;
    }

    /// <summary>How many messages may be in flight. Lowering it below what is in flight only stops new ones.</summary>
    public int Limit { get; set; }

    /// <summary>How many QoS 2 messages may be in flight.</summary>
    public int ExactlyOnceLimit { get; set; }

    /// <summary>Messages in flight: sent, not settled.</summary>
    public int Count => _inFlight.Count;

    /// <summary>QoS 2 messages in flight.</summary>
    public int ExactlyOnceCount { get; private set; }

    /// <summary>Messages in flight, oldest first.</summary>
    public IEnumerable<OutboundMessage> InFlight => _order.OldestFirst();

    /// <summary>Whether messages wait to be sent again over the connection that <see cref="Resume"/> was called for.</summary>
    public bool IsResending => _order.HeldBackCount > 0;

    /// <summary>Whether a message of this QoS may be sent now. QoS 0 needs no room.</summary>
    public bool HasRoom(QualityOfService qualityOfService) => qualityOfService switch
    {
        QualityOfService.AtMostOnce => true,
        QualityOfService.AtLeastOnce => IsOpen,
        _ => IsOpen && ExactlyOnceCount < ExactlyOnceLimit,
    };

    /// <summary>
    /// Whether a quarter of the window is free, or one place of a small one. Who had to wait goes on then: the other end has the rest to deal with
    /// meanwhile, and a thread that is woken for each single place costs more than its message.
    /// </summary>
    public bool HasAmpleRoom(QualityOfService qualityOfService)
    {
        if (!HasRoom(qualityOfService) || qualityOfService == QualityOfService.AtMostOnce)
        {
            return HasRoom(qualityOfService);
        }

        var room = Limit - _inFlight.Count;
        var size = Limit;
        if (qualityOfService == QualityOfService.ExactlyOnce)
        {
            room = Math.Min(room, ExactlyOnceLimit - ExactlyOnceCount);
            size = Math.Min(size, ExactlyOnceLimit);
        }

        return room * 4 >= size;
    }

    /// <summary>What waits to be sent again goes first, or the order would be lost (MQTT-3.1.1 §4.6).</summary>
    private bool IsOpen => _inFlight.Count < Limit && _order.HeldBackCount == 0 && IdsAreLeft;

    private bool IdsAreLeft => _inFlight.Count + _reserved.Count < ushort.MaxValue;

    /// <summary>
    /// Takes over a session that the other end kept for an owner which is gone, a process that died. It may have left QoS 2 messages there
    /// that wait for their PUBREL, and a new message with the id of one of them would be taken for its repetition and be lost. Each id is
    /// therefore released, and the answer awaited, before its first QoS 2 message.
    /// </summary>
    public void InheritIds() => _inheritedIds = new BitArray(ushort.MaxValue + 1, defaultValue: true);

    /// <summary>Sends a message for the first time.</summary>
    /// <exception cref="InvalidOperationException">There is no room, or the message was sent before.</exception>
    public void Publish(OutboundMessage message, IPacketSink sink)
    {
        if (message.State != OutboundState.New)
        {
            throw new InvalidOperationException("A message is sent once; make a new one to send it again.");
        }

        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            message.State = OutboundState.Settled;
        }
        else
        {
            if (!HasRoom(message.QualityOfService))
            {
                throw new InvalidOperationException("The window is full; ask HasRoom before.");
            }

            message.PacketId = NextId();
            Append(message);
            if (message.State == OutboundState.AwaitingRelease)
            {
                sink.PubRel(message.PacketId, ReasonCode.Success);
                return;
            }

            if (message.State == OutboundState.Released)
            {
                return;
            }
        }

        message.Transmissions = 1;
        sink.Publish(message, duplicate: false);
    }

    /// <summary>A PUBACK arrived.</summary>
    /// <param name="packetId">Its packet id.</param>
    /// <param name="message">The message it belongs to, settled; null when there is none.</param>
    public AcknowledgementOutcome OnPubAck(ushort packetId, out OutboundMessage? message)
    {
        if (!Find(packetId, OutboundState.AwaitingPubAck, out message))
        {
            return AcknowledgementOutcome.Unknown;
        }

        Settle(message);
        return AcknowledgementOutcome.Settled;
    }

    /// <summary>A PUBREC arrived: the message is released with a PUBREL, or refused when the code is a failure (MQTT-5.0 §4.3.3).</summary>
    public AcknowledgementOutcome OnPubRec(ushort packetId, byte reasonCode, IPacketSink sink, out OutboundMessage? message)
    {
        if (Find(packetId, OutboundState.AwaitingPubRec, out message))
        {
            if (ReasonCode.IsFailure(reasonCode))
            {
                Settle(message);
                return AcknowledgementOutcome.Settled;
            }

            message.State = OutboundState.AwaitingPubComp;
            _order.Release(message);
            sink.PubRel(packetId, ReasonCode.Success);
            return AcknowledgementOutcome.Progress;
        }

        if (Find(packetId, OutboundState.AwaitingPubComp, out message))
        {
            // The receiver repeats its PUBREC when our PUBREL was lost with a connection.
            if (!ReasonCode.IsFailure(reasonCode))
            {
                sink.PubRel(packetId, ReasonCode.Success);
            }

            return AcknowledgementOutcome.Progress;
        }

        // Released all the same, so that the receiver does not hold the id forever (MQTT-5.0 §4.3.3, code 0x92).
        if (!ReasonCode.IsFailure(reasonCode))
        {
            sink.PubRel(packetId, ReasonCode.PacketIdentifierNotFound);
        }

        return AcknowledgementOutcome.Unknown;
    }

    /// <summary>A PUBCOMP arrived: the message is finished, or its id is free for it now.</summary>
    public AcknowledgementOutcome OnPubComp(ushort packetId, IPacketSink sink, out OutboundMessage? message)
    {
        if (Find(packetId, OutboundState.AwaitingRelease, out message))
        {
            _inheritedIds![packetId] = false;
            _order.Release(message);
            message.State = OutboundState.Released;
            PublishInTurn(sink);
            return AcknowledgementOutcome.Progress;
        }

        if (!Find(packetId, OutboundState.AwaitingPubComp, out message))
        {
            return AcknowledgementOutcome.Unknown;
        }

        Settle(message);
        return AcknowledgementOutcome.Settled;
    }

    /// <summary>
    /// Sends again, over a new connection, what is in flight: in the order of the first sending, with the same packet ids, PUBLISH with
    /// DUP or PUBREL (MQTT-3.1.1 §4.4). No more than <see cref="Limit"/> at a time, which a new connection may have lowered (MQTT-5.0
    /// §4.9): the rest follows over the same sink as acknowledgements arrive, before anything new.
    /// </summary>
    /// <param name="sessionPresent">
    /// Whether the other end kept the session. MQTT 3.1 does not tell: there it is true for a session that was not clean, because a PUBREL
    /// for a session that is gone is harmless, and one that is left out makes the receiver take a later message for a repeated one.
    /// </param>
    /// <param name="sink">Takes the packets.</param>
    /// <returns>
    /// The QoS 2 messages that are settled because the other end took them over before it forgot the session; sending them again would
    /// deliver them twice.
    /// </returns>
    public IReadOnlyList<OutboundMessage> Resume(bool sessionPresent, IPacketSink sink)
    {
        _resumedOver = null;
        OutboundMessage[] settled = sessionPresent ? [] : [.. InFlight.Where(message => message.State == OutboundState.AwaitingPubComp)];
        foreach (var message in settled)
        {
            Settle(message);
        }

        if (!sessionPresent)
        {
            // What an earlier owner left is forgotten, too.
            _inheritedIds = null;
        }

        _order.HoldAllBack();
        _resumedOver = sink;
        SendHeldBack();
        return settled;
    }

    /// <summary>Sends what is held back as far as <see cref="Limit"/> allows, when that was raised after <see cref="Resume"/>.</summary>
    public void GoOn() => SendHeldBack();

    /// <summary>Puts a message back that was in flight before the process that owns the session was started again; <see cref="Resume"/> sends it.</summary>
    /// <param name="message">The message, not sent by this process.</param>
    /// <param name="packetId">The packet id it was sent with.</param>
    /// <param name="isReleased">QoS 2: whether the other end has it, so that its PUBCOMP is awaited.</param>
    /// <exception cref="ArgumentException">The packet id is 0 or in use, or the message is of QoS 0.</exception>
    public void Restore(OutboundMessage message, ushort packetId, bool isReleased)
    {
        if (packetId == 0 || _inFlight.ContainsKey(packetId) || message.QualityOfService == QualityOfService.AtMostOnce)
        {
            throw new ArgumentException($"No message can be in flight with the packet id {packetId} here.", nameof(packetId));
        }

        message.PacketId = packetId;
        message.Transmissions = 1;
        Append(message);
        if (isReleased && message.QualityOfService == QualityOfService.ExactlyOnce)
        {
            message.State = OutboundState.AwaitingPubComp;
        }

        _lastId = packetId;
    }

    /// <summary>Empties the window and gives back what was in flight, oldest first.</summary>
    public IReadOnlyList<OutboundMessage> Abandon()
    {
        _resumedOver = null;
        var abandoned = InFlight.ToArray();
        foreach (var message in abandoned)
        {
            Settle(message);
        }

        return abandoned;
    }

    /// <summary>
    /// Takes the oldest message out of the window and gives it back; null when there is none. Its packet id is free; of QoS 2 the other end
    /// may hold it, so that it is released before it carries QoS 2 again, as after <see cref="InheritIds"/>.
    /// </summary>
    public OutboundMessage? AbandonOldest()
    {
        var oldest = _order.Oldest;
        if (oldest is not null)
        {
            GiveUp(oldest);
        }

        return oldest;
    }

    /// <summary>
    /// Takes out, before <see cref="Resume"/>, the messages that the other end does not take any more, and gives them back, oldest first. What it has
    /// taken over already (QoS 2) stays.
    /// </summary>
    public IReadOnlyList<OutboundMessage> Withdraw(Predicate<OutboundMessage> isUnsendable)
    {
        _resumedOver = null;
        OutboundMessage[] withdrawn = [.. InFlight.Where(message => message.State != OutboundState.AwaitingPubComp && isUnsendable(message))];
        foreach (var message in withdrawn)
        {
            GiveUp(message);
        }

        return withdrawn;
    }

    private void GiveUp(OutboundMessage message)
    {
        Settle(message);
        if (message.QualityOfService == QualityOfService.ExactlyOnce)
        {
            _inheritedIds ??= new BitArray(ushort.MaxValue + 1);
            _inheritedIds[message.PacketId] = true;
        }
    }

    /// <summary>Takes a packet id for a SUBSCRIBE or UNSUBSCRIBE, which share the numbers of messages (MQTT-3.1.1 §2.3.1).</summary>
    /// <exception cref="InvalidOperationException">All 65,535 are in use.</exception>
    public ushort ReserveId()
    {
        if (!IdsAreLeft)
        {
            throw new InvalidOperationException("All 65,535 packet ids are in use.");
        }

        var id = NextId();
        _reserved.Add(id);
        return id;
    }

    /// <summary>Gives back an id of <see cref="ReserveId"/>. An id that is not reserved is left alone.</summary>
    public void ReleaseId(ushort packetId) => _reserved.Remove(packetId);

    private ushort NextId()
    {
        do
        {
            _lastId = _lastId == ushort.MaxValue ? (ushort)1 : (ushort)(_lastId + 1);
        }
        while (_inFlight.ContainsKey(_lastId) || _reserved.Contains(_lastId));
        return _lastId;
    }

    private bool Find(ushort packetId, OutboundState state, [NotNullWhen(true)] out OutboundMessage? message)
    {
        if (_inFlight.TryGetValue(packetId, out message) && message.State == state)
        {
            return true;
        }

        message = null;
        return false;
    }

    private void Append(OutboundMessage message)
    {
        _inFlight.Add(message.PacketId, message);
        _order.Append(message);
        if (message.QualityOfService == QualityOfService.ExactlyOnce)
        {
            while (_unreleased.TryPeek(out var first) && first.State is not (OutboundState.AwaitingRelease or OutboundState.Released))
            {
                _unreleased.Dequeue();
            }

            var isInherited = _inheritedIds?[message.PacketId] == true;
            if (isInherited || _unreleased.Count > 0)
            {
                _unreleased.Enqueue(message);
            }

            message.State = isInherited ? OutboundState.AwaitingRelease : _unreleased.Count > 0 ? OutboundState.Released : OutboundState.AwaitingPubRec;
            ExactlyOnceCount++;
        }
        else
        {
            message.State = OutboundState.AwaitingPubAck;
        }
    }

    private void Settle(OutboundMessage message)
    {
        _inFlight.Remove(message.PacketId);
        _order.Remove(message);
        message.State = OutboundState.Settled;
        if (message.QualityOfService == QualityOfService.ExactlyOnce)
        {
            ExactlyOnceCount--;
        }

        SendHeldBack();
    }

    private void SendHeldBack()
    {
        while (_resumedOver is not null && _inFlight.Count - _order.HeldBackCount < Limit && _order.TakeHeldBack() is { } message)
        {
            switch (message.State)
            {
                case OutboundState.AwaitingPubComp:
                case OutboundState.AwaitingRelease when _inheritedIds is not null:
                    _resumedOver.PubRel(message.PacketId, ReasonCode.Success);
                    break;
                case OutboundState.Released when _inheritedIds is not null:
                    PublishInTurn(_resumedOver);
                    break;
                case OutboundState.AwaitingRelease or OutboundState.Released:
                    PublishReleased(message, _resumedOver);
                    break;
                default:
                    message.Transmissions++;
                    _resumedOver.Publish(message, duplicate: true);
                    break;
            }
        }

        if (_order.HeldBackCount == 0)
        {
            _resumedOver = null;
        }
    }

    /// <summary>Publishes what is released and has nothing unreleased before it. What is held back after a reconnect has its turn later.</summary>
    private void PublishInTurn(IPacketSink sink)
    {
        while (_unreleased.TryPeek(out var message) && message is { State: not OutboundState.AwaitingRelease, IsHeldBack: false })
        {
            _unreleased.Dequeue();
            if (message.State == OutboundState.Released)
            {
                PublishReleased(message, sink);
            }
        }
    }

    private static void PublishReleased(OutboundMessage message, IPacketSink sink)
    {
        message.State = OutboundState.AwaitingPubRec;
        message.Transmissions = 1;
        sink.Publish(message, duplicate: false);
    }
}
