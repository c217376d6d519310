using IoTF.Emulator.Refusals;
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
internal sealed class Subscribing(Connection connection, Session session)
{
    private readonly MqttVersion _version = connection.Link.Version!.Value;

    /// <summary>The older versions close the connection for a wrong filter, except to gateways.</summary>
    private bool ClosesForFilter => _version != MqttVersion.V5 && session.Identity.Role != ClientRole.Gateway;

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
            if (filter.QualityOfServiceLevel > MqttQualityOfServiceLevel.ExactlyOnce)
            {
                connection.Close(CloseReason.InvalidData);
                return;
            }

            if (ClosesForFilter && Judge(filter.Topic) is var verdict and not TopicVerdict.Allowed)
            {
                CloseForFilter(filter.Topic, verdict);
                return;
            }
        }

        var codes = new List<MqttSubscribeReasonCode>(packet.TopicFilters.Count);
        foreach (var filter in packet.TopicFilters)
        {
            if (!TrySubscribe(filter, out var code))
            {
                return;
            }

            codes.Add(code);
        }

        connection.Link.Send(new MqttSubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = codes });
    }

    public void OnUnsubscribe(MqttUnsubscribePacket packet)
    {
        var codes = new List<MqttUnsubscribeReasonCode>(packet.TopicFilters.Count);
        foreach (var filter in packet.TopicFilters)
        {
            var verdict = Judge(filter);
            if (verdict != TopicVerdict.Allowed && ClosesForFilter)
            {
                CloseForFilter(filter, verdict);
                return;
            }

            if (verdict != TopicVerdict.Allowed)
            {
                LogFilter(filter, verdict);
                codes.Add(MqttUnsubscribeReasonCode.TopicFilterInvalid);
            }
            else
            {
                var existed = session.Unsubscribe(TopicMap.FilterToInternal(session.Identity, filter));
                codes.Add(existed ? MqttUnsubscribeReasonCode.Success : MqttUnsubscribeReasonCode.NoSubscriptionExisted);
            }
        }

        connection.Link.Send(new MqttUnsubAckPacket { PacketIdentifier = packet.PacketIdentifier, ReasonCodes = codes });
    }

    private bool TrySubscribe(MqttTopicFilter filter, out MqttSubscribeReasonCode code)
    {
        var verdict = Judge(filter.Topic);
        if (verdict != TopicVerdict.Allowed)
        {
            LogFilter(filter.Topic, verdict);

            // MQTT 3.1 has no code for a refusal, so it looks granted (protocol.md §4.6).
            code = _version == MqttVersion.V31 ? MqttSubscribeReasonCode.GrantedQoS0 : MqttSubscribeReasonCode.TopicFilterInvalid;
            return true;
        }

        var internalFilter = TopicMap.FilterToInternal(session.Identity, filter.Topic);
        code = (MqttSubscribeReasonCode)filter.QualityOfServiceLevel;
        if (!session.HasRoomFor(internalFilter))
        {
            connection.Close(CloseReason.TooManySubscriptions);
            return false;
        }

        session.Subscribe(internalFilter, new Grant((QualityOfService)filter.QualityOfServiceLevel, filter.NoLocal));
        return true;
    }

    // The decoder puts U+FFFD where bytes were not UTF-8, which makes a filter a bad one (protocol.md §4.5).
    private TopicVerdict Judge(string filter) =>
        filter.Contains('\uFFFD') ? TopicVerdict.TopicNotAllowed : TopicRules.MaySubscribe(session.Identity, filter);

    private void CloseForFilter(string filter, TopicVerdict verdict)
    {
        var reason = verdict == TopicVerdict.SystemTopic ? CloseReason.SystemTopic : CloseReason.FilterNotAllowed;
        connection.Close(reason, $"{reason.Words} Subscribed to {Quotation.Of(filter)}.");
    }

    private void LogFilter(string filter, TopicVerdict verdict) =>
        connection.Log((int)verdict, $"{CloseReason.FilterNotAllowed.Words} Subscribed to {Quotation.Of(filter)}.");
}
