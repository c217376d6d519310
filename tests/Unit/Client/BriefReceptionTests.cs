using IoTF.Client.Receiving;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class BriefReceptionTests : ReceivingTest
{
    [Fact]
    public async Task A_subscription_that_brings_more_serves_a_brief_reception()
    {
        var (session, peer) = await OpenAsync(Application);
        var all = await SubscribeAsync(session, peer, All);
        var pumps = await session.ReceiveBrieflyAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        Assert.Same(all.Subscription, pumps.Subscription);
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public async Task What_a_receiver_passes_over_is_acknowledged_and_still_there_for_another()
    {
        var (session, peer) = await OpenAsync(Application);
        (await SubscribeAsync(session, peer, All)).Leave();
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 1, "fan");
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 2, "pump");
        await ProveSilenceAsync(session, peer);
        var pumps = await session.ReceiveBrieflyAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        var pump = await TakeAsync(pumps);
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal("pump", TextOf(pump));

        // What arrives while it receives is passed over at once.
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 3, "another fan");
        await ProveSilenceAsync(session, peer);
        pump.Consume();
        Assert.Equal(2, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal(3, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        pumps.Leave();
        var all = await session.ReceiveAsync(new SubscriptionRequest(All, MessageKind.Event), CancellationToken.None);
        Assert.Equal("fan", TextOf(await TakeAsync(all)));
        Assert.Equal("another fan", TextOf(await TakeAsync(all)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Where_the_service_keeps_messages_or_has_others_to_give_them_to_nothing_is_acknowledged_that_nobody_took(bool persistent)
    {
        var (session, peer) = await OpenAsync(persistent
            ? Application with { Persistent = true }
            : Application with { Identity = ClientIdentity.ForScalableApplication("abc123", "dash") });
        (await SubscribeAsync(session, peer, All)).Leave();
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 1, "fan");
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 2, "pump");
        await ProveSilenceAsync(session, peer);
        var pumps = await session.ReceiveBrieflyAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 3, "another fan");
        (await TakeAsync(pumps)).Consume();
        await ProveSilenceAsync(session, peer);
        Assert.Equal(2, session.Counters.Waiting);
    }

    [Fact]
    public void A_reader_goes_on_where_it_stopped_and_sees_what_is_inserted_before()
    {
        var inbox = new Inbox(new InboxCapacity(10, 10_000), Clock);
        var looked = new List<string>();
        var reader = new InboxReader(inbox, message => { looked.Add(message.Topic); return message.Topic == "wanted"; }, setsAside: false);
        inbox.Add(Message("a", number: 1));
        inbox.Add(Message("c", number: 3));
        Assert.Null(reader.Take(TimeSpan.Zero, CancellationToken.None));
        inbox.Add(Message("d", number: 4));
        Assert.Null(reader.Take(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(["a", "c", "d"], looked);
        inbox.Insert(Message("wanted", number: 2));
        Assert.Equal("wanted", reader.Take(TimeSpan.Zero, CancellationToken.None)!.Topic);
    }

    [Fact]
    public void Of_what_was_set_aside_the_oldest_is_dropped_when_too_many_wait()
    {
        var inbox = new Inbox(new InboxCapacity(2, 10_000), Clock);
        var reader = new InboxReader(inbox, message => message.Topic == "wanted", setsAside: true);
        for (var number = 1; number <= 4; number++)
        {
            inbox.Add(Message($"t{number}", number, QualityOfService.AtLeastOnce));
            Assert.Null(reader.Take(TimeSpan.Zero, CancellationToken.None));
        }

        inbox.Add(Message("t5", number: 5, QualityOfService.AtLeastOnce));
        Assert.Equal(2, inbox.Dropped);
        Assert.Equal("t3", inbox.Take(fits: null, TimeSpan.Zero, CancellationToken.None)!.Topic);
    }

    private ReceivedMessage Message(string topic, long number, QualityOfService qualityOfService = QualityOfService.AtMostOnce) => new(
        new IoTF.Mqtt.Delivery.InboundMessage(topic, [], qualityOfService, packetId: 0, retain: false, duplicate: false),
        number,
        Clock.GetUtcNow(),
        NewSession(Application).Exchange,
        copies: null);
}
