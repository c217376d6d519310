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

        // The service ended the connection in place of answering: the new one has to work before the filter is asked for again.
        await peer.ReceiveAsync<MqttPingReqPacket>();
        peer.Send(MqttPingRespPacket.Instance);
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

    [Theory]
    [InlineData(MqttVersion.V31, true)]
    [InlineData(MqttVersion.V311, false)]
    [InlineData(MqttVersion.V5, false)]
    public async Task What_a_kept_session_has_is_not_subscribed_again_where_the_service_tells_that_it_kept_it(MqttVersion version, bool subscribesAgain)
    {
        var (session, peer) = await OpenAsync(LastingApplication with { Version = version, Persistent = true });
        var receiver = await SubscribeAsync(session, peer, Pumps);
        peer = await ReplaceAsync(peer, version == MqttVersion.V31 ? null : Kept);
        if (subscribesAgain)
        {
            await peer.GrantAsync();
        }

        await OpenAgainAsync(session, peer, 1);
        peer.Publish(PumpEvent, QualityOfService.AtMostOnce);
        await TakeAsync(receiver);

        // A service that forgot the session forgot them, too.
        peer = await ReplaceAsync(peer);
        await peer.GrantAsync();
        await OpenAgainAsync(session, peer, 2);
    }

    [Fact]
    public async Task A_filter_that_was_ended_is_ended_once_at_a_kept_session()
    {
        var (session, peer) = await OpenAsync(LastingApplication with { Persistent = true });
        (await SubscribeAsync(session, peer, Pumps)).Leave();
        peer = await BreakAsync(peer);
        await session.ReceiveAsync(new SubscriptionRequest(Fans, MessageKind.Event), CancellationToken.None).WaitAsync(Deadline.Limit);
        await peer.AcceptClientAsync(Kept);
        await peer.GrantAsync();
        var unsubscribe = await peer.ReceiveAsync<MqttUnsubscribePacket>();
        peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier });
        await OpenAgainAsync(session, peer, 1);
        peer = await ReplaceAsync(peer, Kept);
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        await OpenAgainAsync(session, peer, 2);
    }

    [Fact]
    public async Task A_filter_that_is_refused_at_a_reconnect_ends_only_those_who_receive_from_it()
    {
        var (session, peer) = await OpenAsync(Lasting with { Subscriptions = [CommandRequest] });
        var commands = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        peer = await ReplaceAsync(peer);
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        Assert.Equal([Commands, Pumps], subscribe.TopicFilters.Select(filter => filter.Topic));
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS2, MqttSubscribeReasonCode.UnspecifiedError] });
        var fault = await FaultOf(TakeAsync(pumps));
        Assert.Equal((FaultIds.SubscriptionRefused, 0x80), (fault.Id, fault.Code));
        Assert.Contains($"'{Pumps}'", fault.Message, StringComparison.Ordinal);
        await OpenAgainAsync(session, peer, 1);
        peer.Publish(Reboot, QualityOfService.AtMostOnce);
        await TakeAsync(commands);

        // It is not asked for again.
        peer = await ReplaceAsync(peer);
        Assert.Equal(Commands, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
        await OpenAgainAsync(session, peer, 2);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_filter_over_which_the_service_ends_the_connection_ends_only_those_who_receive_from_it(bool resets)
    {
        var (session, peer) = await OpenAsync(Lasting with { Subscriptions = [CommandRequest] });
        var commands = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var receiving = session.ReceiveAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        Assert.Equal(Pumps, Assert.Single((await peer.ReceiveAsync<MqttSubscribePacket>()).TopicFilters).Topic);
        for (var i = 0; i < 3; i++)
        {
            if (resets)
            {
                peer.Reset();
            }
            else
            {
                await peer.CloseAsync();
            }

            peer = await Server.AcceptAsync();
            await peer.AcceptClientAsync();
            Assert.Equal(Commands, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
            if (i < 2)
            {
                await ProveAsync(peer);
                Assert.Equal(Pumps, Assert.Single((await peer.ReceiveAsync<MqttSubscribePacket>()).TopicFilters).Topic);
            }
        }

        var fault = await FaultOf(TakeAsync(await receiving.WaitAsync(Deadline.Limit)));
        Assert.Equal(FaultIds.SubscriptionRefused, fault.Id);
        Assert.Contains($"'{Pumps}'", fault.Message, StringComparison.Ordinal);
        await OpenAgainAsync(session, peer, 1);
        peer.Publish(Reboot, QualityOfService.AtMostOnce);
        await TakeAsync(commands);
    }

    [Fact]
    public async Task Of_several_filters_that_were_granted_before_the_one_is_found_over_which_the_service_ends_the_connection_now()
    {
        var (session, peer) = await OpenAsync(LastingApplication);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        var fans = await SubscribeAsync(session, peer, Fans);
        peer = await ReplaceAsync(peer);
        Assert.Equal(2, (await peer.ReceiveAsync<MqttSubscribePacket>()).TopicFilters.Count);
        for (var i = 0; i < 3; i++)
        {
            await peer.CloseAsync();
            peer = await Server.AcceptAsync();
            await peer.AcceptClientAsync();
            Assert.Equal(Pumps, Assert.Single((await peer.GrantAsync()).TopicFilters).Topic);
            if (i > 0)
            {
                await ProveAsync(peer);
            }

            Assert.Equal(Fans, Assert.Single((await peer.ReceiveAsync<MqttSubscribePacket>()).TopicFilters).Topic);
        }

        await peer.CloseAsync();
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.GrantAsync();
        Assert.Equal(FaultIds.SubscriptionRefused, (await FaultOf(TakeAsync(fans))).Id);
        peer.Publish(PumpEvent, QualityOfService.AtMostOnce);
        await TakeAsync(pumps);
    }
}
