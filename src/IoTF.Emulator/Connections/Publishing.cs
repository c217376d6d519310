using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>
/// What a client publishes: checked, routed, acknowledged. A publisher whose receivers are flooded gets its acknowledgements later, and is
/// not read for a while where there is nothing to withhold, as the service slows senders down rather than losing messages.
/// </summary>
internal sealed class Publishing(EmulatorService service, Connection connection, Session session, Principal client)
{
    private readonly RouteBook _routes = new(client);
    private readonly TopicAliases _aliases = new();
    private readonly WithheldAcknowledgements _withheld = new(connection, session);
    private readonly bool _isV5 = connection.Link.Version == MqttVersion.V5;

    /// <summary>A PUBLISH arrived.</summary>
    /// <returns>When the next packet may be taken.</returns>
    public Task OnPublish(MqttPublishPacket packet)
    {
        connection.CountMessageRead();
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
        if (route.Refused is { } refused)
        {
            if (client.Identity.Role == ClientRole.Gateway)
            {
                Notify(packet.Topic, refused);
            }
            else
            {
                CloseFor(packet.Topic, refused);
            }

            return Task.CompletedTask;
        }

        if (!IsDeclaredTruly(packet, payload))
        {
            CloseFor(packet.Topic, CloseReason.PayloadNotUtf8);
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
        if (route.Refused is { } refused)
        {
            Refuse(message, refused);
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
        var publication = new Publication(
            payload,
            (QualityOfService)packet.QualityOfServiceLevel,
            _isV5 ? PublishProperties.Of(packet, service.Options.Clock) : null,
            packet.Retain && client.Organization.Options.AllowRetain);
        return Distribution.Publish(client.Organization, route, publication, session);
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

        if (packet.SubscriptionIdentifiers is { Count: > 0 })
        {
            return CloseReason.ProtocolError;
        }

        if (_aliases.Resolve(packet) is { } badAlias)
        {
            return badAlias;
        }

        var allowed = client.Organization.Options;
        if ((QualityOfService)packet.QualityOfServiceLevel > allowed.MaximumQoS)
        {
            return CloseReason.QosNotAllowed;
        }

        // Counting the bytes of the topic is left out where it cannot matter.
        var maximum = allowed.MaximumPayload;
        return payload.Length + (packet.Topic.Length * 3L) > maximum
            && PayloadSize.Counted(payload.Length, Encoding.UTF8.GetByteCount(packet.Topic), countTopic: !_isV5) > maximum
            ? CloseReason.MessageTooLarge
            : null;
    }

    /// <summary>QoS 1 or 2 on a topic that the client may not use, or for a device it may not act for (protocol.md §4.6).</summary>
    private void Refuse(InboundMessage message, CloseReason reason)
    {
        var isGateway = client.Identity.Role == ClientRole.Gateway;
        if (_isV5 && (reason.IsAboutTopic || isGateway))
        {
            // The negative acknowledgement says all about a topic; about a device a gateway is notified, too.
            if (reason.IsAboutTopic)
            {
                Log(message.Topic, reason);
            }
            else
            {
                Notify(message.Topic, reason);
            }

            session.Consumed(connection, message, (byte)reason.ReasonCode);
        }
        else if (isGateway)
        {
            Notify(message.Topic, reason);
            session.Consumed(connection, message, ReasonCode.Success);
        }
        else
        {
            CloseFor(message.Topic, reason);
        }
    }

    private void CloseFor(string topic, CloseReason reason) => connection.Close(reason, Describe(topic, reason));

    private void Notify(string topic, CloseReason reason)
    {
        Log(topic, reason);
        service.Notifications.PublishRefused(client, topic, reason);
    }

    private void Log(string topic, CloseReason reason) => connection.Log(reason.Code, Describe(topic, reason));

    private static string Describe(string topic, CloseReason reason) => $"{reason.Words} Published to {Quotation.Of(topic)}.";

    private bool IsDeclaredTruly(MqttPublishPacket packet, byte[] payload) =>
        packet.PayloadFormatIndicator != MqttPayloadFormatIndicator.CharacterData || Utf8.IsValid(payload);

    // The decoder has made a copy for this packet alone; a second one is not needed.
    private static byte[] PayloadOf(MqttPublishPacket packet) =>
        MemoryMarshal.TryGetArray(packet.Payload.First, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : System.Buffers.BuffersExtensions.ToArray(packet.Payload);
}
