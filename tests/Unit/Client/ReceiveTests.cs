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

public sealed class ReceiveTests : ClientTest
{
    private const string Pumps = "iot-2/type/pump/id/+/evt/+/fmt/+";
    private const string Fans = "iot-2/type/fan/id/+/evt/+/fmt/+";
    private const string All = "iot-2/type/+/id/+/evt/+/fmt/+";
    private const string PumpEvent = "iot-2/type/pump/id/p1/evt/status/fmt/json";
    private const string FanEvent = "iot-2/type/fan/id/f1/evt/status/fmt/json";

    private SessionOptions WithCommands => Device with { Subscriptions = [CommandRequest] };

    [Fact]
    public async Task A_message_is_acknowledged_when_it_was_consumed_and_in_order_of_arrival()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 2, "b");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 3, "c");
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        var taken = new[] { await TakeAsync(inbox), await TakeAsync(inbox), await TakeAsync(inbox) };
        Assert.Equal(["a", "b", "c"], taken.Select(TextOf));
        taken[2].Consume();
        taken[1].Consume();

        // Neither may be acknowledged before the first, so the next packet is something else.
        await ProveSilenceAsync(session, peer);
        taken[0].Consume();
        taken[0].Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal(2, (await peer.ReceiveAsync<MqttPubRecPacket>()).PacketIdentifier);
        Assert.Equal(3, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 2 });
        Assert.Equal(2, (await peer.ReceiveAsync<MqttPubCompPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task A_message_of_quality_2_that_is_sent_again_is_delivered_once()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7);
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, duplicate: true);
        (await TakeAsync(inbox)).Consume();
        await peer.ReceiveAsync<MqttPubRecPacket>();
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, duplicate: true);
        await peer.ReceiveAsync<MqttPubRecPacket>();
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 7 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        Assert.Equal((1, 0), (session.Counters.Received, inbox.Count));

        // Released, the id is free for another message.
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, "next");
        Assert.Equal("next", TextOf(await TakeAsync(inbox)));
    }

    [Fact]
    public async Task Consuming_after_the_link_is_gone_does_nothing()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        var message = await TakeAsync(inbox);
        await peer.CloseAsync();
        await FaultOf(TakeAsync(inbox));
        message.Consume();
        Assert.Equal(SessionState.Failed, session.State);
    }

    [Fact]
    public async Task A_receiver_with_a_filter_leaves_the_others_where_they_are()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        foreach (var text in new[] { "a", "b", "c" })
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce, payload: text);
        }

        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        Assert.Equal("b", TextOf(await TakeAsync(inbox, message => TextOf(message) == "b")));
        Assert.Equal("a", TextOf(await TakeAsync(inbox)));
        Assert.Equal("c", TextOf(await TakeAsync(inbox)));
        Assert.Null(inbox.Take(fits: null, TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_receiver_waits_as_long_as_it_said_by_the_clock()
    {
        var (session, _) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        var taking = Blocking(() => inbox.Take(fits: null, TimeSpan.FromSeconds(5), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(taking.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await taking);
    }

    [Fact]
    public async Task A_waiting_receiver_can_be_cancelled()
    {
        var (session, _) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        using var cancel = new CancellationTokenSource();
        var taking = Blocking(() => inbox.Take(fits: null, TimeSpan.FromSeconds(5), cancel.Token));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task Several_receivers_share_a_subscription_and_none_gets_what_another_got()
    {
        const int Count = 300;
        var (session, peer) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        var all = new System.Collections.Concurrent.ConcurrentBag<string>();
        var receivers = Enumerable.Range(0, 3).Select(_ => Blocking(() =>
        {
            while (inbox.Take(fits: null, Timeout.InfiniteTimeSpan, CancellationToken.None) is { } message && TextOf(message) != "end")
            {
                all.Add(TextOf(message));
                message.Consume();
            }
        })).ToList();
        for (var i = 0; i < Count; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtLeastOnce, (ushort)(i + 1), $"{i}");
        }

        for (var i = 0; i < receivers.Count; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce, payload: "end");
        }

        await Task.WhenAll(receivers);
        Assert.Equal(Enumerable.Range(0, Count), all.Select(int.Parse).Order());
        for (var i = 0; i < Count; i++)
        {
            Assert.Equal(i + 1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        }
    }

    [Fact]
    public async Task What_two_subscriptions_select_goes_to_both_and_is_acknowledged_after_the_second()
    {
        var (session, peer) = await OpenAsync(Application);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        var everything = await SubscribeAsync(session, peer, All);
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1);
        var one = await TakeAsync(pumps.Inbox);
        var other = await TakeAsync(everything.Inbox);
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
        var receiving = session.ReceiveAsync(new SubscriptionRequest(All, MessageKind.Event), CancellationToken.None);
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 2, "newer");
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS1] });
        var unsubscribe = await peer.ReceiveAsync<MqttUnsubscribePacket>();
        peer.Send(new MqttUnsubAckPacket { PacketIdentifier = unsubscribe.PacketIdentifier, ReasonCodes = [MqttUnsubscribeReasonCode.Success] });
        var all = await receiving.WaitAsync(Deadline.Limit);
        Assert.Equal("older", TextOf(await TakeAsync(all.Inbox)));
        Assert.Equal("newer", TextOf(await TakeAsync(all.Inbox)));
    }

    [Fact]
    public async Task A_receiver_that_waits_is_woken_by_what_comes_from_a_replaced_subscription()
    {
        var mailroom = new Mailroom(new Notices(Clock), Clock) { Exchange = NewSession(Application).Exchange };
        var old = new Subscription(new SubscriptionRequest("a/b", MessageKind.Event), Clock);
        var heir = new Subscription(new SubscriptionRequest("a/+", MessageKind.Event), Clock);
        mailroom.Add(old);
        mailroom.Sort(new IoTF.Mqtt.Delivery.InboundMessage("a/b", [], QualityOfService.AtMostOnce, 0, retain: false, duplicate: false), Clock.GetUtcNow());
        mailroom.Add(heir);
        var taking = Blocking(() => heir.Inbox.Take(fits: null, TimeSpan.FromSeconds(6), CancellationToken.None));
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
        var subscriptions = await Task.WhenAll(receiving).WaitAsync(Deadline.Limit);
        Assert.Single(subscriptions.Distinct());
        Assert.True(subscriptions[0].IsInUse);
        foreach (var subscription in subscriptions)
        {
            subscription.Leave();
        }

        Assert.False(subscriptions[0].IsInUse);
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public async Task A_subscription_of_a_device_made_at_connect_is_never_ended()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var narrow = await SubscribeAsync(session, peer, "iot-2/cmd/stop/fmt/+", MessageKind.Command);
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
        var message = await TakeAsync(pumps.Inbox);
        Assert.Equal("kept", TextOf(message));
        message.Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task Too_many_messages_of_quality_0_drop_the_oldest_are_counted_and_told_once()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "stays");
        for (var i = 0; i < Subscription.InboxCapacity + 25; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce, payload: $"{i}");
        }

        await ProveSilenceAsync(session, peer);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        Assert.Equal((25, 25, Subscription.InboxCapacity + 1), (inbox.Dropped, session.Counters.Dropped, inbox.Count));
        Assert.Single(session.TakeNotices());
        Assert.Equal("stays", TextOf(await TakeAsync(inbox)));
        Assert.Equal("25", TextOf(await TakeAsync(inbox)));
    }

    [Fact]
    public async Task At_the_end_of_a_session_its_receivers_get_what_is_left_and_then_the_fault()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        var waiting = Blocking(() => inbox.Take(message => TextOf(message) == "never", TimeSpan.FromSeconds(5), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "last");
        await peer.CloseAsync();
        Assert.Equal(FaultIds.ConnectionLost, (await FaultOf(waiting)).Id);
        Assert.Equal("last", TextOf(await TakeAsync(inbox)));
        Assert.Equal(FaultIds.ConnectionLost, Assert.Throws<FaultException>(() => inbox.Take(fits: null, TimeSpan.Zero, CancellationToken.None)).Fault.Id);
        Assert.Equal(NoticeLevel.Warning, Assert.Single(session.TakeNotices()).Level);
    }

    [Theory]
    [InlineData(new byte[] { 0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01 })]
    [InlineData(new byte[] { 0x30, 0x02, 0x00, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x00 })]
    [InlineData(new byte[] { 0x20, 0x02, 0x00, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x30, 0xFF, 0xFF, 0xFF, 0x7F })]
    public async Task What_mqtt_does_not_allow_ends_the_session_as_a_breach_of_the_protocol(byte[] bytes)
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        await peer.SendBytesAsync(bytes);
        var fault = await FaultOf(Blocking(() => inbox.Take(fits: null, Timeout.InfiniteTimeSpan, CancellationToken.None)));
        Assert.Equal((FaultIds.ProtocolError, FaultCategory.Protocol), (fault.Id, fault.Category));
        Assert.Null(await peer.ReceiveAsync());
    }

    [Fact]
    public async Task A_disconnect_of_an_mqtt_5_service_tells_its_reason()
    {
        var (session, peer) = await OpenAsync(WithCommands with { Version = MqttVersion.V5 });
        var inbox = (await session.ReceiveAsync(CommandRequest, CancellationToken.None)).Inbox;
        peer.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.SessionTakenOver });
        var fault = await FaultOf(Blocking(() => inbox.Take(fits: null, Timeout.InfiniteTimeSpan, CancellationToken.None)));
        Assert.Equal((FaultIds.ServerDisconnected, 0x8E), (fault.Id, fault.Code));
        Assert.Contains("identity", fault.Advice);
    }

    private static string TextOf(ReceivedMessage message) => Encoding.UTF8.GetString(message.Payload);

    private static async Task<ReceivedMessage> TakeAsync(Inbox inbox, Func<ReceivedMessage, bool>? fits = null) =>
        Assert.IsType<ReceivedMessage>(await Blocking(() => inbox.Take(fits, Timeout.InfiniteTimeSpan, CancellationToken.None)));

    /// <summary>Everything the client had to say is said: the next that it sends is the answer to a PUBREL that fits nothing.</summary>
    private static async Task ProveSilenceAsync(Session session, ScriptedPeer peer)
    {
        Assert.Equal(SessionState.Open, session.State);
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
        Assert.Equal(60_000, (await peer.ReceiveAsync<MqttPubCompPacket>()).PacketIdentifier);
    }

    private static async Task<Subscription> SubscribeAsync(Session session, ScriptedPeer peer, string filter, MessageKind kind = MessageKind.Event)
    {
        var receiving = session.ReceiveAsync(new SubscriptionRequest(filter, kind), CancellationToken.None);
        Assert.Equal(filter, (await peer.GrantAsync()).TopicFilters[0].Topic);
        return await receiving.WaitAsync(Deadline.Limit);
    }

    /// <summary>Receives from another filter, which ends a subscription; gives the ids that were acknowledged meanwhile.</summary>
    private static async Task<List<ushort>> ReplaceAsync(Session session, ScriptedPeer peer, string filter, string ended)
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
