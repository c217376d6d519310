using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class AcknowledgementTests : ClientTest
{
    [Fact]
    public async Task Acknowledgements_may_come_in_any_order_twice_and_for_unknown_messages()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Blocking(() => SendAll(batch, 3, QualityOfService.AtLeastOnce));
        var ids = new List<ushort>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);
        }

        foreach (var id in new[] { ids[2], (ushort)777, ids[2], ids[0], ids[0], ids[1] })
        {
            peer.Send(new MqttPubAckPacket { PacketIdentifier = id });
        }

        peer.Send(new MqttPubRecPacket { PacketIdentifier = 999 });
        peer.Send(new MqttPubCompPacket { PacketIdentifier = 999 });
        await sending;
        Assert.Equal([0, 1, 2], ReportsOf(batch).Select(report => (int)report.Input!));
        Assert.Equal(3, session.Counters.Acknowledged);

        // An unknown PUBREC is released, so that the service does not hold its id forever.
        Assert.Equal(999, (await peer.ReceiveAsync<MqttPubRelPacket>()).PacketIdentifier);
        Assert.Equal(SessionState.Open, session.State);
    }

    [Fact]
    public async Task A_repeated_pubrec_is_released_again_and_the_message_counts_once()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.ExactlyOnce));
        var id = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
        peer.Send(new MqttPubRecPacket { PacketIdentifier = id });
        peer.Send(new MqttPubRecPacket { PacketIdentifier = id });
        await peer.ReceiveAsync<MqttPubRelPacket>();
        await peer.ReceiveAsync<MqttPubRelPacket>();
        peer.Send(new MqttPubCompPacket { PacketIdentifier = id });
        await sending;
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
        Assert.Equal(1, session.Counters.Acknowledged);
    }

    [Theory]
    [InlineData(QualityOfService.AtLeastOnce)]
    [InlineData(QualityOfService.ExactlyOnce)]
    public async Task In_mqtt_5_a_refused_message_is_a_fault_that_carries_its_input(QualityOfService promise)
    {
        var (session, peer) = await OpenAsync(Device with { Version = MqttVersion.V5 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 2, promise));
        var first = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
        var second = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
        if (promise == QualityOfService.AtLeastOnce)
        {
            peer.Send(new MqttPubAckPacket { PacketIdentifier = first });
            peer.Send(new MqttPubAckPacket { PacketIdentifier = second, ReasonCode = MqttPubAckReasonCode.QuotaExceeded, ReasonString = "too much" });
        }
        else
        {
            peer.Send(new MqttPubRecPacket { PacketIdentifier = second, ReasonCode = MqttPubRecReasonCode.QuotaExceeded, ReasonString = "too much" });
            peer.Send(new MqttPubRecPacket { PacketIdentifier = first });
            Assert.Equal(first, (await peer.ReceiveAsync<MqttPubRelPacket>()).PacketIdentifier);
            peer.Send(new MqttPubCompPacket { PacketIdentifier = first });
        }

        await sending;
        var failed = Assert.Single(ReportsOf(batch));
        Assert.Equal(1, failed.Input);
        Assert.Equal((FaultIds.MessageRefused, 0x97), (failed.Fault!.Id, failed.Fault.Code));
        Assert.Contains("too much", failed.Fault.Message);
        Assert.Equal(1, session.Counters.Acknowledged);
    }

    [Fact]
    public async Task A_released_message_is_delivered_even_if_the_service_has_forgotten_its_id()
    {
        var (session, peer) = await OpenAsync(Device with { Version = MqttVersion.V5 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.ExactlyOnce));
        var id = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
        peer.Send(new MqttPubRecPacket { PacketIdentifier = id });
        await peer.ReceiveAsync<MqttPubRelPacket>();
        peer.Send(new MqttPubCompPacket { PacketIdentifier = id, ReasonCode = MqttPubCompReasonCode.PacketIdentifierNotFound });
        await sending;
        Assert.Empty(ReportsOf(batch));
        Assert.Equal(1, session.Counters.Acknowledged);
    }

    [Fact]
    public async Task When_the_link_is_lost_exactly_the_unconfirmed_are_reported_each_once()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 8, QualityOfService.AtLeastOnce));
        var ids = new List<ushort>();
        for (var i = 0; i < 8; i++)
        {
            ids.Add((await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);
        }

        foreach (var i in new[] { 0, 3, 4, 7 })
        {
            peer.Send(new MqttPubAckPacket { PacketIdentifier = ids[i] });
        }

        await peer.CloseAsync();
        await sending;
        var failed = ReportsOf(batch);
        Assert.Equal([1, 2, 5, 6], failed.Select(message => (int)message.Input!));
        Assert.All(failed, message => Assert.Equal(FaultIds.ConnectionLost, message.Fault!.Id));
        Assert.Equal(0, batch.Outstanding);
        Assert.Empty(await session.CloseAsync(TimeSpan.Zero).WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task What_a_dismissed_batch_leaves_unconfirmed_is_given_back_by_closing()
    {
        var (session, peer) = await OpenAsync(Device);
        var batch = new SendBatch(session, Tolerance, wantsAll: false);
        batch.Send(Message("left"), CancellationToken.None);
        await peer.ReceiveAsync<MqttPublishPacket>();
        batch.Dispose();
        await peer.CloseAsync();
        var unconfirmed = await session.CloseAsync(TimeSpan.Zero).WaitAsync(Deadline.Limit);
        Assert.Equal("left", Assert.Single(unconfirmed).Input);
    }

    [Fact]
    public async Task The_time_limit_counts_from_the_last_sign_of_life_and_a_pingresp_is_none()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 2, QualityOfService.AtLeastOnce));
        var first = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
        await peer.ReceiveAsync<MqttPublishPacket>();
        await Clock.TimerSetAsync(Tolerance);

        // 20 s without a sign, then one, and a PUBREL whose answer tells that it has been seen: all of the limit is left from then on.
        Clock.Advance(TimeSpan.FromSeconds(20));
        peer.Send(new MqttPubAckPacket { PacketIdentifier = first });
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 99 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        Clock.Advance(TimeSpan.FromSeconds(13));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(20));

        // A PINGRESP changes nothing: 20 s are left.
        var received = session.Counters.BytesReceived;
        peer.Send(MqttPingRespPacket.Instance);
        Assert.True(SpinWait.SpinUntil(() => session.Counters.BytesReceived > received, Deadline.Limit));
        Assert.False(sending.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(20));
        await sending;
        var failed = Assert.Single(ReportsOf(batch));
        Assert.Equal((1, FaultIds.AcknowledgeTimeout), ((int)failed.Input!, failed.Fault!.Id));
    }

    [Fact]
    public async Task An_acknowledgement_that_comes_after_its_sender_gave_up_does_no_harm()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero, MaxInFlight = 1 });
        using (var batch = new SendBatch(session, Tolerance, wantsAll: true))
        {
            var sending = Blocking(() => SendAll(batch, 1, QualityOfService.AtLeastOnce));
            var id = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier;
            await Clock.TimerSetAsync(Tolerance);
            Clock.Advance(Tolerance);
            await sending;
            Assert.Equal(FaultIds.AcknowledgeTimeout, Assert.Single(ReportsOf(batch)).Fault!.Id);
            Assert.Equal((0, 1), (batch.Outstanding, session.Counters.Pending));
            peer.Send(new MqttPubAckPacket { PacketIdentifier = id });
        }

        // The late acknowledgement makes room for the next message.
        using var next = new SendBatch(session, Tolerance, wantsAll: true);
        var again = Blocking(() => SendAll(next, 1, QualityOfService.AtLeastOnce));
        peer.Send(new MqttPubAckPacket { PacketIdentifier = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier });
        await again;
        Assert.Null(Assert.Single(ReportsOf(next)).Fault);
        Assert.Equal(2, session.Counters.Acknowledged);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task In_a_session_that_the_service_kept_an_id_is_released_before_its_first_message_of_quality_2(MqttVersion version)
    {
        var (session, peer) = await OpenAsync(
            Device with { Version = version, Persistent = true },
            new MqttConnAckPacket { IsSessionPresent = true, MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.ExactlyOnce));
        var id = (await peer.ReceiveAsync<MqttPubRelPacket>()).PacketIdentifier;
        peer.Send(new MqttPubCompPacket { PacketIdentifier = id, ReasonCode = MqttPubCompReasonCode.PacketIdentifierNotFound });
        Assert.Equal(id, (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);

        // That answer was for the release: the message is still under way.
        Assert.Equal((1, 1, 0), (batch.Outstanding, session.Counters.Pending, session.Counters.Acknowledged));
        peer.Send(new MqttPubRecPacket { PacketIdentifier = id });
        await peer.ReceiveAsync<MqttPubRelPacket>();
        peer.Send(new MqttPubCompPacket { PacketIdentifier = id });
        await sending;
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
    }
}
