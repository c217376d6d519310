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

public sealed class SubscriptionTests : ReceivingTest
{
    [Fact]
    public async Task What_two_subscriptions_select_goes_to_both_and_is_acknowledged_after_the_second()
    {
        var (session, peer) = await OpenAsync(Application);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        var everything = await SubscribeAsync(session, peer, All);
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1);
        var one = await TakeAsync(pumps);
        var other = await TakeAsync(everything);
        one.Consume();
        one.Consume();
        await ProveSilenceAsync(session, peer);
        other.Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task A_subscription_from_which_nobody_receives_is_replaced()
    {
        var (session, peer) = await OpenAsync(Application);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        pumps.Leave();
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1);
        var acknowledged = await ReplaceAsync(session, peer, Fans, ended: Pumps);

        // What waited for the old one, and what the service still had for it, is done with: nobody else would take it.
        Assert.Equal(1, Assert.Single(acknowledged));
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 2);
        Assert.Equal(2, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal(0, session.Counters.Waiting);
    }

    [Fact]
    public async Task What_waits_in_a_replaced_subscription_and_fits_the_new_one_comes_first_there()
    {
        var (session, peer) = await OpenAsync(Application);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        pumps.Leave();
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1, "older");
        await ProveSilenceAsync(session, peer);
        var receiving = session.ReceiveAsync(new SubscriptionRequest(All, MessageKind.Event), CancellationToken.None);
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 2, "newer");
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS1] });
        var unsubscribe = await peer.ReceiveAsync<MqttUnsubscribePacket>();
        peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [MqttUnsubscribeReasonCode.Success] });
        var all = await receiving.WaitAsync(Deadline.Limit);
        Assert.Equal("older", TextOf(await TakeAsync(all)));
        Assert.Equal("newer", TextOf(await TakeAsync(all)));
    }

    [Fact]
    public async Task A_receiver_that_waits_is_woken_by_what_comes_from_a_replaced_subscription()
    {
        var mailroom = new Mailroom(new ReceivingNotices(new Notices(Clock), Clock), Clock) { Exchange = NewSession(Application).Exchange };
        var old = new Subscription(new SubscriptionRequest("a/b", MessageKind.Event), Clock);
        var heir = new Subscription(new SubscriptionRequest("a/+", MessageKind.Event), Clock);
        mailroom.Add(old);
        mailroom.Sort(new IoTF.Mqtt.Delivery.InboundMessage("a/b", [], QualityOfService.AtMostOnce, 0, retain: false, duplicate: false), Clock.GetUtcNow());
        mailroom.Add(heir);
        var receiver = mailroom.Enter(heir, heir.Filter, setsAside: false);
        var taking = Blocking(() => receiver.Take(TimeSpan.FromSeconds(6), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(6));
        mailroom.Remove(old);
        Assert.Equal("a/b", (await taking)!.Topic);
    }

    [Fact]
    public async Task A_subscription_whose_end_was_not_awaited_is_made_again()
    {
        var (session, peer) = await OpenAsync(Application);
        (await SubscribeAsync(session, peer, Pumps)).Leave();
        using var cancel = new CancellationTokenSource();
        var receiving = session.ReceiveAsync(new SubscriptionRequest(Fans, MessageKind.Event), cancel.Token);
        await peer.GrantAsync();
        var unsubscribe = await peer.ReceiveAsync<MqttUnsubscribePacket>();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Deadline.Limit));
        peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [MqttUnsubscribeReasonCode.Success] });
        await ReplaceAsync(session, peer, Pumps, ended: Fans);
    }

    [Fact]
    public async Task A_subscription_that_nobody_waited_for_is_taken_back()
    {
        var (session, peer) = await OpenAsync(Application);
        using var cancel = new CancellationTokenSource();
        var receiving = session.ReceiveAsync(new SubscriptionRequest(Pumps, MessageKind.Event), cancel.Token);
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving.WaitAsync(Deadline.Limit));
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS1] });
        Assert.Equal(Pumps, Assert.Single((await peer.ReceiveAsync<MqttUnsubscribePacket>()).TopicFilters));
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1);
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task Concurrent_receivers_of_one_filter_subscribe_it_once()
    {
        var (session, peer) = await OpenAsync(Application);
        var request = new SubscriptionRequest(Pumps, MessageKind.Event);
        var receiving = Enumerable.Range(0, 5).Select(_ => Task.Run(() => session.ReceiveAsync(request, CancellationToken.None))).ToList();
        await peer.GrantAsync();
        var receivers = await Task.WhenAll(receiving).WaitAsync(Deadline.Limit);
        var subscription = Assert.Single(receivers.Select(receiver => receiver.Subscription).Distinct());
        Assert.True(subscription.IsInUse);
        foreach (var receiver in receivers)
        {
            receiver.Leave();
            receiver.Leave();
        }

        Assert.False(subscription.IsInUse);
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public async Task A_subscription_of_a_device_made_at_connect_is_never_ended()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var narrow = await session.ReceiveAsync(new SubscriptionRequest("iot-2/cmd/stop/fmt/+", MessageKind.Command), CancellationToken.None);
        Assert.Equal(Commands, narrow.Subscription.Filter);
        narrow.Leave();
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public async Task Messages_for_a_subscription_of_an_earlier_run_wait_until_it_is_received_again()
    {
        var (session, peer) = await OpenAsync(Application with { Persistent = true });
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1, "kept");
        peer.Publish(PumpEvent, QualityOfService.AtMostOnce, payload: "not kept");
        await ProveSilenceAsync(session, peer);
        Assert.Equal(NoticeLevel.Warning, Assert.Single(session.TakeNotices()).Level);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        var message = await TakeAsync(pumps);
        Assert.Equal("kept", TextOf(message));
        message.Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }
}
