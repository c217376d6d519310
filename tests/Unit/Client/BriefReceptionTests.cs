using IoTF.Client.Receiving;
using IoTF.Mqtt;
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
        var reception = await session.ReceiveBrieflyAsync(new SubscriptionRequest(Pumps, MessageKind.Event), CancellationToken.None);
        Assert.Same(all, reception.Subscription);
        Assert.True(reception.MustSelect);
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public async Task What_a_receiver_passes_over_is_acknowledged_and_still_there_for_another()
    {
        var (session, peer) = await OpenAsync(Application);
        var all = await SubscribeAsync(session, peer, All);
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 1, "fan");
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 2, "pump");
        var pumps = new InboxReader(all.Inbox, message => message.Topic == PumpEvent, setsAside: true);
        var pump = await Blocking(() => pumps.Take(Timeout.InfiniteTimeSpan, CancellationToken.None));
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal("pump", TextOf(pump!));
        await ProveSilenceAsync(session, peer);
        pump!.Consume();
        Assert.Equal(2, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal("fan", TextOf(await TakeAsync(all.Inbox)));
    }

    [Fact]
    public async Task A_reader_that_does_not_set_aside_leaves_the_rest_unacknowledged()
    {
        var (session, peer) = await OpenAsync(Application);
        var all = await SubscribeAsync(session, peer, All);
        peer.Publish(FanEvent, QualityOfService.AtLeastOnce, 1, "fan");
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 2, "pump");
        var pumps = new InboxReader(all.Inbox, message => message.Topic == PumpEvent, setsAside: false);
        (await Blocking(() => pumps.Take(Timeout.InfiniteTimeSpan, CancellationToken.None)))!.Consume();
        await ProveSilenceAsync(session, peer);
    }

    [Fact]
    public void A_reader_goes_on_where_it_stopped_and_sees_what_is_inserted_before()
    {
        var inbox = new Inbox(capacity: 10, Clock);
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
        var inbox = new Inbox(capacity: 2, Clock);
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
