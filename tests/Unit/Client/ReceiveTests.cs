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

public sealed class ReceiveTests : ReceivingTest
{
    [Fact]
    public async Task A_message_is_acknowledged_when_it_was_consumed_and_in_order_of_arrival()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "a");
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 2, "b");
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 3, "c");
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var taken = new[] { await TakeAsync(receiver), await TakeAsync(receiver), await TakeAsync(receiver) };
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
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7);
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, duplicate: true);
        (await TakeAsync(receiver)).Consume();
        await peer.ReceiveAsync<MqttPubRecPacket>();
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, duplicate: true);
        await peer.ReceiveAsync<MqttPubRecPacket>();
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 7 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        Assert.Equal((1, 0), (session.Counters.Received, session.Counters.Waiting));

        // Released, the id is free for another message.
        peer.Publish(Reboot, QualityOfService.ExactlyOnce, 7, "next");
        Assert.Equal("next", TextOf(await TakeAsync(receiver)));
    }

    [Fact]
    public async Task Consuming_after_the_link_is_gone_does_nothing()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var message = await TakeAsync(receiver);
        await peer.CloseAsync();
        await FaultOf(TakeAsync(receiver));
        message.Consume();
        Assert.Equal(SessionState.Failed, session.State);
    }

    [Fact]
    public async Task A_receiver_with_a_filter_leaves_the_others_where_they_are()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        foreach (var text in new[] { "a", "b", "c" })
        {
            peer.Publish($"iot-2/cmd/{text}/fmt/json", QualityOfService.AtMostOnce, payload: text);
        }

        await ProveSilenceAsync(session, peer);
        var narrow = await session.ReceiveAsync(new SubscriptionRequest("iot-2/cmd/b/fmt/+", MessageKind.Command), CancellationToken.None);
        Assert.Equal("b", TextOf(await TakeAsync(narrow)));
        Assert.Null(narrow.Take(TimeSpan.Zero, CancellationToken.None));
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        Assert.Equal("a", TextOf(await TakeAsync(receiver)));
        Assert.Equal("c", TextOf(await TakeAsync(receiver)));
        Assert.Null(receiver.Take(TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task A_receiver_waits_as_long_as_it_said_by_the_clock()
    {
        var (session, _) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var taking = Blocking(() => receiver.Take(TimeSpan.FromSeconds(5), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        Clock.Advance(TimeSpan.FromSeconds(4));
        Assert.False(taking.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await taking);
    }

    [Fact]
    public async Task A_waiting_receiver_can_be_canceled()
    {
        var (session, _) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        using var cancel = new CancellationTokenSource();
        var taking = Blocking(() => receiver.Take(TimeSpan.FromSeconds(5), cancel.Token));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => taking);
    }

    [Fact]
    public async Task Several_receivers_share_a_subscription_and_none_gets_what_another_got()
    {
        const int Count = 300;
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var all = new System.Collections.Concurrent.ConcurrentBag<string>();
        var receivers = Enumerable.Range(0, 3).Select(_ => Blocking(() =>
        {
            while (receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None) is { } message && TextOf(message) != "end")
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
    public async Task At_the_end_of_a_session_its_receivers_get_what_is_left_and_then_the_fault()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var narrow = await session.ReceiveAsync(new SubscriptionRequest("iot-2/cmd/never/fmt/+", MessageKind.Command), CancellationToken.None);
        var waiting = Blocking(() => narrow.Take(TimeSpan.FromSeconds(5), CancellationToken.None));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(5));
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "last");
        await peer.CloseAsync();
        Assert.Equal(FaultIds.ConnectionLost, (await FaultOf(waiting)).Id);
        Assert.Equal("last", TextOf(await TakeAsync(receiver)));
        Assert.Equal(FaultIds.ConnectionLost, Assert.Throws<FaultException>(() => receiver.Take(TimeSpan.Zero, CancellationToken.None)).Fault.Id);
        Assert.Equal(NoticeLevel.Warning, Assert.Single(session.TakeNotices()).Level);
    }

    [Theory]
    [InlineData(new byte[] { 0x36, 0x05, 0x00, 0x01, 0x61, 0x00, 0x01 })]
    [InlineData(new byte[] { 0x30, 0x02, 0x00, 0x00 })]
    [InlineData(new byte[] { 0xE0, 0x00 })]
    [InlineData(new byte[] { 0x20, 0x02, 0x00, 0x00 })]
    [InlineData(new byte[] { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF })]
    [InlineData(new byte[] { 0x90, 0xFF, 0xFF, 0xFF, 0x7F })]
    public async Task What_mqtt_does_not_allow_ends_the_session_as_a_breach_of_the_protocol(byte[] bytes)
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await peer.SendBytesAsync(bytes);
        var fault = await FaultOf(Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None)));
        Assert.Equal((FaultIds.ProtocolError, FaultCategory.Protocol), (fault.Id, fault.Category));
        Assert.Null(await peer.ReceiveAsync());
    }

    [Fact]
    public async Task A_disconnect_of_an_mqtt_5_service_tells_its_reason()
    {
        var (session, peer) = await OpenAsync(WithCommands with { Version = MqttVersion.V5 });
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        peer.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.SessionTakenOver });
        var fault = await FaultOf(Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None)));
        Assert.Equal((FaultIds.ServerDisconnected, 0x8E), (fault.Id, fault.Code));
        Assert.Contains("identity", fault.Advice);
    }
}
