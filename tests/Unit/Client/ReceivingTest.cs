using System.Text;
using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>What tests of receiving share: topics, and both ends' part of a subscription.</summary>
public abstract class ReceivingTest : ClientTest
{
    protected const string Pumps = "iot-2/type/pump/id/+/evt/+/fmt/+";
    protected const string Fans = "iot-2/type/fan/id/+/evt/+/fmt/+";
    protected const string All = "iot-2/type/+/id/+/evt/+/fmt/+";
    protected const string PumpEvent = "iot-2/type/pump/id/p1/evt/status/fmt/json";
    protected const string FanEvent = "iot-2/type/fan/id/f1/evt/status/fmt/json";

    protected SessionOptions WithCommands => Device with { Subscriptions = [CommandRequest] };

    private protected static string TextOf(ReceivedMessage message) => Encoding.UTF8.GetString(message.Payload);

    private protected static async Task<ReceivedMessage> TakeAsync(Receiver receiver) =>
        Assert.IsType<ReceivedMessage>(await Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None)));

    /// <summary>Everything the client had to say is said: the next that it sends is the answer to a PUBREL that fits nothing.</summary>
    private protected static async Task ProveSilenceAsync(Session session, ScriptedPeer peer)
    {
        Assert.Equal(SessionState.Open, session.State);
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
        Assert.Equal(60_000, (await peer.ReceiveAsync<MqttPubCompPacket>()).PacketIdentifier);
    }

    private protected static async Task<Receiver> SubscribeAsync(Session session, ScriptedPeer peer, string filter, MessageKind kind = MessageKind.Event)
    {
        var receiving = session.ReceiveAsync(new SubscriptionRequest(filter, kind), CancellationToken.None);
        Assert.Equal(filter, (await peer.GrantAsync()).TopicFilters[0].Topic);
        return await receiving.WaitAsync(Deadline.Limit);
    }

    /// <summary>Receives from another filter, which ends a subscription; gives the ids that were acknowledged meanwhile.</summary>
    private protected static async Task<List<ushort>> ReplaceAsync(Session session, ScriptedPeer peer, string filter, string ended)
    {
        var acknowledged = new List<ushort>();
        var receiving = session.ReceiveAsync(new SubscriptionRequest(filter, MessageKind.Event), CancellationToken.None);
        Assert.Equal(filter, (await peer.GrantAsync()).TopicFilters[0].Topic);
        var packet = await peer.ReceiveAsync();
        for (; packet is MqttPubAckPacket ack; packet = await peer.ReceiveAsync())
        {
            acknowledged.Add(ack.PacketIdentifier);
        }

        var unsubscribe = Assert.IsType<MqttUnsubscribePacket>(packet);
        Assert.Equal(ended, Assert.Single(unsubscribe.TopicFilters));
        peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [MqttUnsubscribeReasonCode.Success] });
        await receiving.WaitAsync(Deadline.Limit);
        return acknowledged;
    }
}
