using System.Buffers;
using System.Runtime.InteropServices;
using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Mqtt.Links;
using IoTF.Protocol.Reports;
using MQTTnet.Packets;

namespace IoTF.Client.Sessions;

/// <content>What arrives: answers, messages, and what the service says of the session itself.</content>
internal sealed partial class Exchange
{
    /// <summary>A received message was taken by whom it is for.</summary>
    public void Consumed(InboundMessage message)
    {
        if (message.QualityOfService == QualityOfService.AtMostOnce)
        {
            return;
        }

        _room.Free(SizeOf(message));
        lock (Gate)
        {
            _inbound.Consumed(message, _link);
        }
    }

    /// <summary>Waits until there is room for what arrives.</summary>
    public async ValueTask WaitForRoomAsync(Link link, CancellationToken cancellationToken)
    {
        if (_room.IsFree)
        {
            return;
        }

        link.IsHeld = true;
        _notices.TellOfHold(_options.ReceivingRoom);
        try
        {
            await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            link.IsHeld = false;
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
                if (_isProbing && _probed && _outbound.Count == 0)
                {
                    // All that was sent again is answered: whatever was suspected, the window is open.
                    _isProbing = false;
                    _outbound.Limit = _limit;
                    PublishUnwritten(link);
                }

                AskForVerdicts(link);
                _pacing.Set(link, _received);
                _mailroom.Announce();
                _wait.Wake();
            }
        }
    }

    private void Take(MqttPacket packet, Link link)
    {
        if (packet is MqttPingRespPacket)
        {
            // Proves that the line is open, not that messages are dealt with.
            _verdicts?.Heard();
            if (_pings.Hear() && _isProbing)
            {
                _probed = true;
                _outbound.Limit = 1;
                _outbound.GoOn();
            }

            return;
        }

        var answers = packet is MqttPubAckPacket or MqttPubRecPacket or MqttPubCompPacket;
        _answered |= answers;
        if (answers || packet is MqttPublishPacket or OversizedPublishPacket)
        {
            // Nothing that each new connection brings: who waits for messages to be dealt with would wait through any number of them.
            _wait.SignOfLife();
        }

        OutboundMessage? message;
        switch (packet)
        {
            case MqttPublishPacket publish:
                Take(publish, link);
                break;
            case OversizedPublishPacket oversized:
                Drop(oversized, link);
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
                throw new FaultException(SessionFaults.ServerDisconnected(_options, (byte)disconnect.ReasonCode, disconnect.ReasonString, disconnect.ServerReference));
            default:
                throw new LinkException(LinkFailure.Malformed, $"A server does not send {packet.GetType().Name}.") { Breach = ReasonCode.ProtocolError };
        }
    }

    private void Take(MqttPublishPacket publish, Link link)
    {
        if (string.IsNullOrEmpty(publish.Topic))
        {
            // Only a topic alias may stand for a topic, and the CONNECT has allowed none (MQTT-5.0 §3.3.2.3.4).
            throw new LinkException(LinkFailure.Malformed, "A PUBLISH has no topic.") { Breach = ReasonCode.TopicAliasInvalid };
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
                else if (message.QualityOfService > QualityOfService.AtMostOnce)
                {
                    _room.Take(SizeOf(message));
                }

                if (_inbound.Count == _mostToReceive)
                {
                    _mailroom.TellOfHeldBack(_mostToReceive);
                }

                break;
            case InboundOutcome.LimitExceeded:
                throw TooManyUnacknowledged();
        }
    }

    /// <summary>
    /// Acknowledges a message that is too large to be kept. Only MQTT 5 can say that it is refused, and a session that is kept would get it
    /// again with each connection.
    /// </summary>
    private void Drop(OversizedPublishPacket publish, Link link)
    {
        var message = new InboundMessage(publish.Topic, [], publish.QualityOfService, publish.PacketIdentifier, publish.Retain, publish.Duplicate);
        switch (_inbound.OnPublish(message, link))
        {
            case InboundOutcome.Deliver:
                _inbound.Consumed(message, link, _options.Version == MqttVersion.V5 ? ReasonCode.QuotaExceeded : ReasonCode.Success);
                _notices.DropTooLarge(publish.Topic, publish.Size, Handshake.MaximumPacketSize);
                break;
            case InboundOutcome.LimitExceeded:
                throw TooManyUnacknowledged();
        }
    }

    private static long SizeOf(InboundMessage message) => message.Payload.Length + (2 * message.Topic.Length);

    private static LinkException TooManyUnacknowledged() =>
        new(LinkFailure.Malformed, "The service sent more unacknowledged messages than it may.") { Breach = ReasonCode.ReceiveMaximumExceeded };

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
            _notices.DroppedByService(SessionFaults.MessageDropped(_options, notification).Message);
        }
    }

    private void Answer(ushort packetId, IReadOnlyList<byte> reasonCodes)
    {
        if (_requests.Answer(packetId, reasonCodes))
        {
            _outbound.ReleaseId(packetId);
        }
    }

    private static byte[] BytesOf(ReadOnlySequence<byte> payload) =>
        SequenceMarshal.TryGetReadOnlyMemory(payload, out var memory)
        && MemoryMarshal.TryGetArray(memory, out var segment)
        && segment.Array is { } array && segment.Offset == 0 && segment.Count == array.Length
            ? array
            : payload.ToArray();
}
