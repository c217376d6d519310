using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Routing;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>
/// What a client publishes: checked, routed, acknowledged. A publisher whose receivers are flooded gets its acknowledgements later, and is
/// not read for a while where there is nothing to withhold, as the service slows senders down rather than losing messages.
/// </summary>
internal sealed class Publishing(EmulatorService service, Connection connection, Session session)
{
    private readonly RouteBook _routes = new(session.Identity, session.Organization);
    private readonly WithheldAcknowledgements _withheld = new(connection, session);
    private readonly bool _isV5 = connection.Link.Version == MqttVersion.V5;

    /// <summary>A PUBLISH arrived.</summary>
    /// <returns>When the next packet may be taken.</returns>
    public Task OnPublish(MqttPublishPacket packet)
    {
        var payload = PayloadOf(packet);
        if (FindFault(packet, payload) is { } fault)
        {
            connection.Close(fault);
            return Task.CompletedTask;
        }

        return packet.QualityOfServiceLevel == MqttQualityOfServiceLevel.AtMostOnce
            ? OnUnacknowledged(packet, payload)
            : OnAcknowledged(packet, payload);
    }

    /// <summary>The connection has ended: what was withheld is acknowledged when the client sends it again.</summary>
    public void Abandon() => _withheld.Abandon();

    private Task OnUnacknowledged(MqttPublishPacket packet, byte[] payload)
    {
        var route = _routes.Find(packet.Topic);
        if (route.Verdict != TopicVerdict.Allowed || !IsDeclaredTruly(packet, payload))
        {
            if (session.Identity.Role == ClientRole.Gateway && route.Verdict != TopicVerdict.Allowed)
            {
                LogTopic(packet.Topic, route.Verdict);
            }
            else
            {
                CloseForTopic(packet.Topic, route.Verdict);
            }

            return Task.CompletedTask;
        }

        return Distribute(packet, payload, route) is { } flooded ? PauseFor(flooded) : Task.CompletedTask;
    }

    private Task OnAcknowledged(MqttPublishPacket packet, byte[] payload)
    {
        var message = new InboundMessage(
            packet.Topic, payload, (QualityOfService)packet.QualityOfServiceLevel, packet.PacketIdentifier, packet.Retain, packet.Dup);
        switch (session.OnPublish(connection, message))
        {
            case InboundOutcome.LimitExceeded:
                connection.Close(CloseReason.ReceiveMaximum);
                return Task.CompletedTask;
            case InboundOutcome.Duplicate:
                return Task.CompletedTask;
        }

        var route = _routes.Find(packet.Topic);
        if (route.Verdict != TopicVerdict.Allowed)
        {
            Refuse(message, route.Verdict);
            return Task.CompletedTask;
        }

        if (!IsDeclaredTruly(packet, payload))
        {
            connection.Log(CloseReason.PayloadNotUtf8.Code, CloseReason.PayloadNotUtf8.Words);
            session.Consumed(connection, message, (byte)MqttPubAckReasonCode.PayloadFormatInvalid);
            return Task.CompletedTask;
        }

        if (Distribute(packet, payload, route) is not { } flooded)
        {
            session.Consumed(connection, message, ReasonCode.Success);
            return Task.CompletedTask;
        }

        return _withheld.Add(message, flooded) < ServiceLimits.InFlight(session.Identity.Role) ? Task.CompletedTask : PauseFor(flooded);
    }

    /// <summary>Hands a message to all who receive it.</summary>
    /// <returns>A receiver that is flooded; null when none is.</returns>
    private IReceiver? Distribute(MqttPublishPacket packet, byte[] payload, Route route)
    {
        service.Traffic.CountIn();
        var published = (QualityOfService)packet.QualityOfServiceLevel;
        var properties = _isV5 ? PublishProperties.Of(packet, service.Options.Clock) : null;
        IReceiver? flooded = null;
        foreach (var destination in route.Destinations)
        {
            if (destination.NoLocal && destination.Receiver == session)
            {
                continue;
            }

            var qualityOfService = published < destination.QualityOfService ? published : destination.QualityOfService;
            if (!destination.Receiver.Deliver(destination.Topic, payload, qualityOfService, properties))
            {
                flooded = destination.Receiver;
            }
        }

        return flooded;
    }

    // A client that has acknowledgements to give is read on, whatever it publishes: two that flood each other would wait for each other otherwise.
    private Task PauseFor(IReceiver flooded) => session.Outbox.Counts.InFlight > 0 ? Task.CompletedTask : flooded.WaitForRoomAsync();

    private CloseReason? FindFault(MqttPublishPacket packet, byte[] payload)
    {
        if (packet.QualityOfServiceLevel > MqttQualityOfServiceLevel.ExactlyOnce
            || (packet.QualityOfServiceLevel > MqttQualityOfServiceLevel.AtMostOnce && packet.PacketIdentifier == 0))
        {
            return CloseReason.InvalidData;
        }

        if (packet.TopicAlias > 0)
        {
            return CloseReason.TopicAlias;
        }

        if (packet.SubscriptionIdentifiers is { Count: > 0 })
        {
            return CloseReason.ProtocolError;
        }

        // Counting the bytes of the topic is left out where it cannot matter.
        var maximum = service.Options.MaximumPayload;
        return payload.Length + (packet.Topic.Length * 3L) > maximum
            && PayloadSize.Counted(payload.Length, Encoding.UTF8.GetByteCount(packet.Topic), countTopic: !_isV5) > maximum
            ? CloseReason.MessageTooLarge
            : null;
    }

    /// <summary>QoS 1 or 2 on a topic that is not allowed (protocol.md §4.6).</summary>
    private void Refuse(InboundMessage message, TopicVerdict verdict)
    {
        if (_isV5)
        {
            LogTopic(message.Topic, verdict);
            session.Consumed(connection, message, ReasonCode.TopicNameInvalid);
        }
        else if (session.Identity.Role == ClientRole.Gateway)
        {
            LogTopic(message.Topic, verdict);
            session.Consumed(connection, message, ReasonCode.Success);
        }
        else
        {
            CloseForTopic(message.Topic, verdict);
        }
    }

    private void CloseForTopic(string topic, TopicVerdict verdict)
    {
        var reason = verdict switch
        {
            TopicVerdict.Allowed => CloseReason.PayloadNotUtf8,
            TopicVerdict.SystemTopic => CloseReason.SystemTopic,
            _ => CloseReason.TopicNotAllowed,
        };
        connection.Close(reason, $"{reason.Words} Published to {Quotation.Of(topic)}.");
    }

    private void LogTopic(string topic, TopicVerdict verdict) =>
        connection.Log((int)verdict, $"{CloseReason.TopicNotAllowed.Words} Published to {Quotation.Of(topic)}.");

    private bool IsDeclaredTruly(MqttPublishPacket packet, byte[] payload) =>
        packet.PayloadFormatIndicator != MqttPayloadFormatIndicator.CharacterData || Utf8.IsValid(payload);

    // The decoder has made a copy for this packet alone; a second one is not needed.
    private static byte[] PayloadOf(MqttPublishPacket packet) =>
        MemoryMarshal.TryGetArray(packet.Payload.First, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : System.Buffers.BuffersExtensions.ToArray(packet.Payload);
}
