using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReceiverTests : ReceivingTest
{
    [Fact]
    public async Task Each_receiver_of_a_subscription_gets_every_message_and_the_last_one_acknowledges()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        var second = await EnterAsync(session);
        Assert.Same(first.Subscription, second.Subscription);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 2, "b");
        foreach (var text in new[] { "a", "b" })
        {
            var (one, other) = (await TakeAsync(first), await TakeAsync(second));
            Assert.Equal((text, text), (TextOf(one), TextOf(other)));
            one.Consume();
            await ProveSilenceAsync(session, peer);
            other.Consume();
            Assert.Equal(text == "a" ? 1 : 2, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        }
    }

    [Fact]
    public async Task What_waited_before_goes_to_the_first_that_takes_it()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 2, "b");
        await ProveSilenceAsync(session, peer);
        var first = await EnterAsync(session);
        var second = await EnterAsync(session);
        Assert.Equal("a", TextOf(await TakeAsync(second)));
        Assert.Equal("b", TextOf(await TakeAsync(first)));
        Assert.Null(second.Take(TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_receiver_that_leaves_does_not_keep_a_message_from_being_acknowledged()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        var second = await EnterAsync(session);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        (await TakeAsync(first)).Consume();
        await ProveSilenceAsync(session, peer);
        second.Leave();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal(0, session.Counters.Waiting);
    }

    [Fact]
    public async Task What_none_of_several_receivers_took_waits_for_the_next()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        var second = await EnterAsync(session);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        await ProveSilenceAsync(session, peer);
        first.Leave();
        second.Leave();
        await ProveSilenceAsync(session, peer);
        (await TakeAsync(await EnterAsync(session))).Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task What_one_of_several_receivers_put_back_goes_to_the_next_and_not_to_the_others_again()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        var second = await EnterAsync(session);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        (await TakeAsync(second)).Consume();
        first.PutBack(await TakeAsync(first));
        first.Leave();
        Assert.Null(second.Take(TimeSpan.Zero, CancellationToken.None));
        await ProveSilenceAsync(session, peer);
        (await TakeAsync(await EnterAsync(session))).Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    [Fact]
    public async Task What_a_receiver_put_back_comes_first_for_the_next()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 2, "b");
        first.PutBack(await TakeAsync(first));
        first.Leave();
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 3, "c");
        var next = await EnterAsync(session);
        Assert.Equal("abc", TextOf(await TakeAsync(next)) + TextOf(await TakeAsync(next)) + TextOf(await TakeAsync(next)));
    }

    [Fact]
    public async Task A_receiver_that_waits_gets_what_one_that_was_there_before_it_did_not_take()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var first = await EnterAsync(session);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        await ProveSilenceAsync(session, peer);
        var second = await EnterAsync(session);
        var taking = Blocking(() => second.Take(TimeSpan.FromSeconds(7), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(7));
        first.Leave();
        Assert.Equal("a", TextOf((await taking)!));
    }

    [Fact]
    public async Task What_no_receiver_asked_for_waits_for_one_that_does()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var stops = await EnterAsync(session, "iot-2/cmd/stop/fmt/+");
        var starts = await EnterAsync(session, "iot-2/cmd/start/fmt/+");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "reboot");
        peer.Publish("iot-2/cmd/stop/fmt/json", QualityOfService.AtLeastOnce, 2, "stop");
        Assert.Equal("stop", TextOf(await TakeAsync(stops)));
        Assert.Null(starts.Take(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal("reboot", TextOf(await TakeAsync(await EnterAsync(session))));
    }

    [Fact]
    public async Task Every_receiver_is_told_that_the_session_is_over()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receivers = new[] { await EnterAsync(session), await EnterAsync(session) };
        await peer.CloseAsync();
        foreach (var receiver in receivers)
        {
            Assert.Equal(FaultIds.ConnectionLost, (await FaultOf(TakeAsync(receiver))).Id);
        }
    }

    [Fact]
    public async Task Subscriptions_of_a_scalable_application_are_kept_and_it_says_once_that_its_share_waits()
    {
        var (session, peer) = await OpenAsync(Application with { Identity = ClientIdentity.ForScalableApplication("abc123", "dash") });
        var pumps = await SubscribeAsync(session, peer, Pumps);
        pumps.Leave();
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 1, "share");
        (await SubscribeAsync(session, peer, Fans)).Leave();
        await ProveSilenceAsync(session, peer);
        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.Contains(Pumps, notice.Message);
        (await session.ReceiveAsync(new SubscriptionRequest(Fans, MessageKind.Event), CancellationToken.None)).Leave();
        Assert.Empty(session.TakeNotices());
        (await TakeAsync(await session.ReceiveAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None))).Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
    }

    private static Task<Receiver> EnterAsync(Session session, string filter = Commands) =>
        session.ReceiveAsync(new SubscriptionRequest(filter, MessageKind.Command), CancellationToken.None).WaitAsync(Deadline.Limit);
}
