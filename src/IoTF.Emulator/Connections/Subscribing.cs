using IoTF.Emulator.Refusals;
using IoTF.Emulator.Registry;
using IoTF.Emulator.Routing;
using IoTF.Emulator.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Rules;
using IoTF.Protocol.Topics;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Emulator.Connections;

/// <summary>What a client subscribes to and unsubscribes from (protocol.md §4.6).</summary>
internal sealed class Subscribing(EmulatorService service, Connection connection, Session session, Principal client)
{
    private readonly MqttVersion _version = connection.Link.Version!.Value;

    private bool IsGateway => client.Identity.Role == ClientRole.Gateway;

    public void OnSubscribe(MqttSubscribePacket packet)
    {
        if (packet.SubscriptionIdentifier > 0)
        {
            connection.Close(CloseReason.SubscriptionIdentifier);
            return;
        }

        // All filters are judged before the first takes effect: a packet that closes the connection changes nothing.
        foreach (var filter in packet.TopicFilters)
        {
            if (client.JudgeSubscribe(filter.Topic, register: false) is { } reason && ClosesFor(reason))
            {
                CloseFor(filter.Topic, reason);
                return;
            }
        }

        // What is published meanwhile comes after what was retained before it.
        bool hadRoom;
        lock (client.Organization.Retained)
        {
            hadRoom = TrySubscribe(packet);
        }

        if (!hadRoom)
        {
            connection.Close(CloseReason.TooManySubscriptions);
        }
    }

    public void OnUnsubscribe(MqttUnsubscribePacket packet)
    {
        var codes = new List<MqttUnsubscribeReasonCode>(packet.TopicFilters.Count);
        foreach (var filter in packet.TopicFilters)
        {
            var refused = client.JudgeSubscribe(filter, register: false);
            if (refused is not null && ClosesFor(refused))
            {
                CloseFor(filter, refused);
                return;
            }

            if (refused is not null)
            {
                Log(filter, refused);
                codes.Add(MqttUnsubscribeReasonCode.TopicFilterInvalid);
            }
            else
            {
                var existed = session.Unsubscribe(TopicMap.FilterToInternal(client.Identity, filter));
                codes.Add(existed ? MqttUnsubscribeReasonCode.Success : MqttUnsubscribeReasonCode.NoSubscriptionExisted);
            }
        }

        Answer(new MqttUnsubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = codes }, codes.Count);
    }

    /// <summary>Subscribes and answers.</summary>
    /// <returns>False, without an answer, when the client has too many subscriptions.</returns>
    private bool TrySubscribe(MqttSubscribePacket packet)
    {
        var codes = new List<MqttSubscribeReasonCode>(packet.TopicFilters.Count);
        var retained = new List<Destination>();
        foreach (var filter in packet.TopicFilters)
        {
            if (client.JudgeSubscribe(filter.Topic, register: true) is { } reason)
            {
                codes.Add(Refuse(filter.Topic, reason));
                continue;
            }

            var internalFilter = TopicMap.FilterToInternal(client.Identity, filter.Topic);
            if (!session.HasRoomFor(internalFilter))
            {
                return false;
            }

            var highest = client.Organization.Options.MaximumQoS;
            var granted = (QualityOfService)filter.QualityOfServiceLevel < highest ? (QualityOfService)filter.QualityOfServiceLevel : highest;
            codes.Add((MqttSubscribeReasonCode)granted);
            var grant = new Grant(granted, filter.NoLocal, filter.RetainAsPublished);
            var isNew = session.Subscribe(internalFilter, grant);
            if (WantsRetained(filter, isNew))
            {
                retained.Add(new Destination(session, internalFilter, grant));
            }
        }

        Answer(new MqttSubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = codes }, codes.Count);
        retained.ForEach(SendRetained);
        return true;
    }

    /// <summary>Answers, unless the answer is larger than the client takes: then it cannot be answered at all.</summary>
    private void Answer(MqttPacket packet, int codes)
    {
        if (PacketSizes.OfAnswer(codes) > connection.Client!.MaximumPacketSize)
        {
            connection.Close(CloseReason.MessageTooLarge, $"The client takes packets of {connection.Client.MaximumPacketSize} bytes, and the answer to its filters is larger.");
            return;
        }

        connection.Link.Send(packet);
    }

    // MQTT 5 lets a client choose (MQTT-5.0 §3.8.3.1); shared subscriptions get nothing that was retained (MQTT-5.0 §4.8.2).
    private bool WantsRetained(MqttTopicFilter filter, bool isNew) => client.Identity.Role != ClientRole.ScalableApplication && filter.RetainHandling switch
    {
        MqttRetainHandling.SendAtSubscribe => true,
        MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly => isNew,
        _ => false,
    };

    private void SendRetained(Destination subscription)
    {
        foreach (var (internalTopic, message) in client.Organization.Retained.Match(subscription.Topic))
        {
            var topic = TopicMap.FromInternal(client.Identity, internalTopic);
            var isShown = client.ResourceGroup is not { } group || client.Organization.Shows(topic, client.Identity, group);
            if (isShown && message.Properties?.HasExpired(service.Options.Clock) != true)
            {
                var qualityOfService = message.QualityOfService < subscription.Grant.QualityOfService ? message.QualityOfService : subscription.Grant.QualityOfService;
                session.Outbox.Deliver(topic, message.Payload, qualityOfService, message.Properties, retain: true);
            }
        }
    }

    /// <summary>The answer for a filter that is refused while the connection stays. MQTT 3.1 has no code for it, so it looks granted (protocol.md §4.6).</summary>
    private MqttSubscribeReasonCode Refuse(string filter, CloseReason reason)
    {
        Log(filter, reason);
        if (IsGateway)
        {
            service.Notifications.SubscribeRefused(client, filter, reason);
        }

        return _version == MqttVersion.V31 ? MqttSubscribeReasonCode.GrantedQoS0 : MqttSubscribeReasonCode.TopicFilterInvalid;
    }

    /// <summary>The older versions close the connection for a wrong filter, all of them for a device out of reach, except to gateways.</summary>
    private bool ClosesFor(CloseReason reason) => !IsGateway && (_version != MqttVersion.V5 || !reason.IsAboutTopic);

    private void CloseFor(string filter, CloseReason reason) => connection.Close(reason, Describe(filter, reason));

    private void Log(string filter, CloseReason reason) => connection.Log(reason.Code, Describe(filter, reason));

    private static string Describe(string filter, CloseReason reason) => $"{reason.Words} Named: {Quotation.Of(filter)}.";
}
