using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectSubscriptionTests : ReconnectTest
{
    private SessionOptions LastingApplication => Application with { Reconnect = AtOnce };

    [Fact]
    public async Task Subscriptions_are_made_again_and_receivers_go_on()
    {
        var (session, peer) = await OpenAsync(LastingApplication);
        var receiver = await SubscribeAsync(session, peer, Pumps);
        var taking = TakeAsync(receiver);
        peer = await ReplaceAsync(peer);
        Assert.Equal(Pumps, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1, "after");
        Assert.Equal("after", TextOf(await taking));
        await OpenAgainAsync(session, peer, 1);
    }

    [Fact]
    public async Task A_subscription_that_is_asked_for_during_the_outage_is_made_when_it_is_over()
    {
        var (session, peer) = await OpenAsync(LastingApplication);
        peer = await BreakAsync(peer);
        var subscription = await session.ReceiveAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None).WaitAsync(Deadline.Limit);
        Assert.Equal(SessionState.Reconnecting, session.State);
        await peer.AcceptClientAsync();
        Assert.Equal(Pumps, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
        peer.Publish(PumpEvent, QualityOfService.AtMostOnce);
        await TakeAsync(subscription);
    }

    [Fact]
    public async Task A_subscription_whose_answer_is_lost_with_the_connection_is_made_again()
    {
        var (session, peer) = await OpenAsync(LastingApplication);
        var receiving = session.ReceiveAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        await peer.ReceiveAsync<MqttSubscribePacket>();
        peer = await ReplaceAsync(peer);
        Assert.Equal(Pumps, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
        await receiving.WaitAsync(Deadline.Limit);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_subscription_that_is_replaced_during_the_outage_is_not_made_again_and_ended_where_it_was_kept(bool persistent)
    {
        var (session, peer) = await OpenAsync(LastingApplication with { Persistent = persistent });
        (await SubscribeAsync(session, peer, Pumps)).Leave();
        peer = await BreakAsync(peer);
        var subscription = await session.ReceiveAsync(new SubscriptionRequest(Fans, MessageKind.Event), CancellationToken.None).WaitAsync(Deadline.Limit);
        await peer.AcceptClientAsync(persistent ? Kept : null);
        Assert.Equal(Fans, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
        if (persistent)
        {
            var unsubscribe = await peer.ReceiveAsync<MqttUnsubscribePacket>();
            Assert.Equal(Pumps, Assert.Single(unsubscribe.TopicFilters));
            peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
        }

        await OpenAgainAsync(session, peer, 1);
        peer.Publish(FanEvent, QualityOfService.AtMostOnce);
        await TakeAsync(subscription);
    }

    [Theory]
    [InlineData(QualityOfService.AtLeastOnce)]
    [InlineData(QualityOfService.ExactlyOnce)]
    public async Task A_message_consumed_during_the_outage_is_acknowledged_when_it_comes_again_and_not_handed_on_twice(QualityOfService promise)
    {
        var (session, peer) = await OpenAsync(WithCommands with { Reconnect = AtOnce, Persistent = true });
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        peer.Publish(Reboot, promise, 7, "once");
        var message = await TakeAsync(receiver);
        peer = await BreakAsync(peer);
        message.Consume();
        await peer.AcceptClientAsync(Kept);
        await peer.GrantAsync();
        peer.Publish(Reboot, promise, 7, "once", duplicate: true);
        if (promise == QualityOfService.AtLeastOnce)
        {
            Assert.Equal(7, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        }
        else
        {
            Assert.Equal(7, (await peer.ReceiveAsync<MqttPubRecPacket>()).PacketIdentifier);
        }

        peer.Publish(Reboot, promise, 8, "next");
        Assert.Equal("next", TextOf(await TakeAsync(receiver)));
        Assert.Equal(2, session.Counters.Received);
    }
}
