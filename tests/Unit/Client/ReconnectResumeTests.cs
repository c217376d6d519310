using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectResumeTests : ReconnectTest
{
    [Theory]
    [InlineData(MqttVersion.V31, true)]
    [InlineData(MqttVersion.V31, false)]
    [InlineData(MqttVersion.V311, true)]
    [InlineData(MqttVersion.V311, false)]
    [InlineData(MqttVersion.V5, true)]
    [InlineData(MqttVersion.V5, false)]
    public async Task What_is_in_flight_is_sent_again_in_order_with_DUP_and_its_packet_id(MqttVersion version, bool kept)
    {
        var (session, peer) = await OpenAsync(Lasting with { Version = version, Persistent = kept });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("a"), CancellationToken.None);
        batch.Send(Message("b", QualityOfService.ExactlyOnce), CancellationToken.None);
        batch.Send(Message("c"), CancellationToken.None);
        batch.Send(Message("d", QualityOfService.ExactlyOnce), CancellationToken.None);
        var ids = new Dictionary<string, ushort>();
        while (ids.Count < 4)
        {
            var packet = await peer.ReceiveAsync();
            if (packet is MqttPubRelPacket release)
            {
                // MQTT 3.1 does not say whether it kept something of an earlier process.
                peer.Send(new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier });
                continue;
            }

            var publish = Assert.IsType<MqttPublishPacket>(packet);
            Assert.False(publish.Dup);
            ids.Add(ScriptedPeer.TextOf(publish), publish.PacketIdentifier);
        }

        peer.Send(new MqttPubRecPacket { PacketIdentifier = ids["b"] });
        Assert.Equal(ids["b"], (await peer.ReceiveAsync<MqttPubRelPacket>()).PacketIdentifier);
        peer = await ReplaceAsync(peer, kept && version != MqttVersion.V31 ? Kept : null);
        var again = new List<string>();
        for (var i = kept ? 4 : 3; i > 0; i--)
        {
            var packet = await peer.ReceiveAsync();
            again.Add(packet is MqttPublishPacket publish
                ? $"{ScriptedPeer.TextOf(publish)} {publish.PacketIdentifier} DUP {publish.Dup}"
                : $"PUBREL {Assert.IsType<MqttPubRelPacket>(packet).PacketIdentifier}");
            foreach (var answer in AnswerTo(packet!))
            {
                peer.Send(answer);
            }
        }

        Assert.Equal([$"a {ids["a"]} DUP True", .. kept ? [$"PUBREL {ids["b"]}"] : Array.Empty<string>(), $"c {ids["c"]} DUP True", $"d {ids["d"]} DUP True"], again);
        _ = AcknowledgeAllAsync(peer);
        await Blocking(() => batch.Complete(CancellationToken.None));
        Assert.Equal(["a 2", "b 1", "c 2", "d 2"], ReportsOf(batch).Select(message => $"{message.Input} {message.Transmissions}{message.Fault?.Message}"));
        Assert.Equal(4, session.Counters.Acknowledged);
        Assert.Equal(kept ? 0 : 1, session.TakeNotices().Count(notice => notice.Message.Contains("1 messages of QoS 2 were sent again", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task QoS_0_that_had_not_reached_the_network_leaves_over_the_next_connection_once()
    {
        const int count = 120;
        var (session, peer) = await OpenAsync(Lasting);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);

        // More than the network takes when nobody reads: the sender waits in the middle of them.
        var sending = Blocking(() =>
        {
            for (var i = 0; i < count; i++)
            {
                var payload = new byte[256 * 1024];
                payload[0] = (byte)i;
                batch.Send(new PendingMessage(Topic, payload, QualityOfService.AtMostOnce, i), CancellationToken.None);
            }

            batch.Complete(CancellationToken.None);
        });
        var arrived = new List<int>();
        for (var i = 0; i < 3; i++)
        {
            arrived.Add((await peer.ReceiveAsync<MqttPublishPacket>()).Payload.FirstSpan[0]);
        }

        peer = await ReplaceAsync(peer);
        while (arrived[^1] != count - 1)
        {
            var publish = await peer.ReceiveAsync<MqttPublishPacket>();
            Assert.False(publish.Dup);
            arrived.Add(publish.Payload.FirstSpan[0]);
        }

        await sending;
        Assert.Equal(arrived.Distinct().Order(), arrived);
        Assert.Equal(Enumerable.Range(arrived[3], count - arrived[3]), arrived.Skip(3));
        Assert.All(ReportsOf(batch), message => Assert.Null(message.Fault));
    }

    [Fact]
    public async Task A_sender_waits_over_an_outage()
    {
        var (session, peer) = await OpenAsync(Lasting);
        peer = await BreakAsync(peer);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Blocking(() => SendAll(batch, 3, QualityOfService.AtLeastOnce));
        await Clock.TimerSetAsync(Tolerance);
        Assert.Equal(SessionState.Reconnecting, session.State);
        await peer.AcceptClientAsync();
        _ = AcknowledgeAllAsync(peer);
        await sending;
        Assert.Equal([0, 1, 2], ReportsOf(batch).Select(message => message.Fault is null ? (int)message.Input! : -1));
    }

    [Fact]
    public async Task A_sender_waits_no_longer_than_its_patience()
    {
        var (session, peer) = await OpenAsync(Lasting with { ConnectTimeout = TimeSpan.FromHours(1) });
        await BreakAsync(peer);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.AtLeastOnce));
        await Clock.TimerSetAsync(Tolerance);
        Clock.Advance(Tolerance);
        await sending;
        Assert.Equal(FaultIds.AcknowledgeTimeout, Assert.Single(ReportsOf(batch)).Fault!.Id);
        Assert.Equal(0, session.Counters.Pending);
    }

    [Fact]
    public async Task The_patience_of_a_sender_does_not_start_again_with_a_new_connection()
    {
        var (session, peer) = await OpenAsync(Lasting with { MaxInFlight = 1 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        await Blocking(() => batch.Send(Message(0, QualityOfService.AtLeastOnce), CancellationToken.None));
        await peer.ReceiveAsync<MqttPublishPacket>();
        var sending = Blocking(() => batch.Send(Message(1, QualityOfService.AtLeastOnce), CancellationToken.None));
        await Clock.TimerSetAsync(Tolerance);
        for (var spent = TimeSpan.Zero; spent < LastingFor * 2; spent += LastingFor)
        {
            peer = await ReplaceAsync(peer);
            await ProveAsync(peer);
            await peer.ReceiveAsync<MqttPublishPacket>();
            Assert.False(sending.IsCompleted);
        }

        Clock.Advance(Tolerance - (LastingFor * 2));
        await sending;

        // Told in the order of sending: the first message is still in flight.
        var closing = session.CloseAsync(TimeSpan.Zero);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        await closing.WaitAsync(Deadline.Limit);
        Assert.Equal([FaultIds.SessionClosed, FaultIds.AcknowledgeTimeout], ReportsOf(batch).Select(message => message.Fault!.Id));
    }

    [Fact]
    public async Task A_smaller_Receive_Maximum_of_the_next_connection_holds_for_what_is_sent_again()
    {
        var (session, peer) = await OpenAsync(Lasting with { Version = MqttVersion.V5, Persistent = true });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        for (var i = 0; i <= 5; i++)
        {
            batch.Send(Message(i), CancellationToken.None);
            await peer.ReceiveAsync<MqttPublishPacket>();
        }

        // A connection that works: none of the others is suspected of ending it.
        peer.Send(new MqttPubAckPacket { PacketIdentifier = 1 });
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 50_000 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        var narrow = Kept;
        narrow.ReceiveMaximum = 2;
        peer = await ReplaceAsync(peer, narrow);
        for (var i = 1; i <= 5; i++)
        {
            if (i == 1)
            {
                Assert.Equal("1", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
                Assert.Equal("2", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
            }

            await OpenAgainAsync(session, peer, 1);
            peer.Send(new MqttPubRelPacket { PacketIdentifier = 50_000 });
            await peer.ReceiveAsync<MqttPubCompPacket>();
            peer.Send(new MqttPubAckPacket { PacketIdentifier = (ushort)(i + 1) });
            if (i <= 3)
            {
                Assert.Equal($"{i + 2}", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
            }
        }

        await Blocking(() => batch.Complete(CancellationToken.None));
        Assert.All(ReportsOf(batch), message => Assert.Null(message.Fault));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_over_which_the_service_ends_the_connection_is_reported_once_and_the_session_goes_on(bool resets)
    {
        var (session, peer) = await OpenAsync(Lasting);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("poison"), CancellationToken.None);
        batch.Send(Message("harmless"), CancellationToken.None);
        for (var i = 0; i < 3; i++)
        {
            if (i > 0)
            {
                await peer.ReceiveAsync<MqttPingReqPacket>();
                peer.Send(MqttPingRespPacket.Instance);
            }

            Assert.Equal("poison", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
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
        }

        Assert.Equal("harmless", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
        peer.Send(new MqttPubAckPacket { PacketIdentifier = 2 });
        await Blocking(() => batch.Complete(CancellationToken.None));
        Assert.Equal([("poison", FaultIds.MessageClosesConnection), ("harmless", null)], ReportsOf(batch).Select(message => ((string)message.Input!, message.Fault?.Id)));
        await OpenAgainAsync(session, peer, 3);
        Assert.Equal((SessionState.Open, 0), (session.State, session.Counters.Pending));
    }

    [Fact]
    public async Task While_a_message_is_suspected_nothing_else_is_sent_that_the_service_could_close_over()
    {
        var (session, peer) = await OpenAsync(Lasting);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("suspect"), CancellationToken.None);
        await peer.ReceiveAsync<MqttPublishPacket>();
        await peer.CloseAsync();
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.ReceiveAsync<MqttPingReqPacket>();
        Assert.False(session.Exchange.TryPublish(new PendingMessage(Topic, "new"u8.ToArray(), QualityOfService.AtMostOnce, "new") { Batch = batch }, out _));
        peer.Send(MqttPingRespPacket.Instance);
        var suspect = await peer.ReceiveAsync<MqttPublishPacket>();
        Assert.Equal(("suspect", true), (ScriptedPeer.TextOf(suspect), suspect.Dup));
        Assert.False(session.Exchange.TryPublish(new PendingMessage(Topic, "new"u8.ToArray(), QualityOfService.AtMostOnce, "new") { Batch = batch }, out _));
        peer.Send(new MqttPubAckPacket { PacketIdentifier = suspect.PacketIdentifier });
        await Blocking(() => batch.Send(Message("new", QualityOfService.AtMostOnce), CancellationToken.None));
        Assert.Equal("new", ScriptedPeer.TextOf(await peer.ReceiveAsync<MqttPublishPacket>()));
    }

    [Fact]
    public async Task A_message_in_front_of_the_one_over_which_the_service_closes_is_not_blamed()
    {
        var (session, peer) = await OpenAsync(Lasting);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("harmless"), CancellationToken.None);
        batch.Send(Message("poison"), CancellationToken.None);

        // The service answers later than it reads, and closes at once when it reads the second.
        for (var connections = 1; session.Counters.Pending > 0; connections++)
        {
            Assert.InRange(connections, 1, 10);
            while (session.Counters.Pending > 0 && await peer.ReceiveAsync() is { } packet)
            {
                if (packet is not MqttPublishPacket publish)
                {
                    peer.Send(MqttPingRespPacket.Instance);
                    continue;
                }

                if (ScriptedPeer.TextOf(publish) == "poison")
                {
                    break;
                }

                if (connections > 1)
                {
                    peer.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
                }
            }

            await peer.CloseAsync();
            peer = await Server.AcceptAsync();
            await peer.AcceptClientAsync();
        }

        await Blocking(() => batch.Complete(CancellationToken.None));
        Assert.Equal([("harmless", null), ("poison", FaultIds.MessageClosesConnection)], ReportsOf(batch).Select(message => ((string)message.Input!, message.Fault?.Id)));
    }

    [Fact]
    public async Task A_full_window_leaves_packet_ids_for_subscriptions()
    {
        var (session, peer) = await OpenAsync(WithCommands with { Reconnect = AtOnce, MaxInFlight = ushort.MaxValue });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var filling = Blocking(() =>
        {
            for (var i = 0; i < ushort.MaxValue; i++)
            {
                batch.Send(Message(i), CancellationToken.None);
            }
        });
        var reading = Task.Run(peer.ReceiveToEndAsync);
        await Clock.TimerSetAsync(Tolerance);
        peer.CloseSending();
        await reading.WaitAsync(Deadline.Limit);
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        MqttPacket? packet;
        while ((packet = await peer.ReceiveAsync()) is MqttPublishPacket)
        {
        }

        Assert.IsType<MqttSubscribePacket>(packet);
        var closing = session.CloseAsync(TimeSpan.Zero);
        await filling;
        while (await peer.ReceiveAsync() is not (null or MqttDisconnectPacket))
        {
        }

        await peer.CloseAsync();
        await closing.WaitAsync(Deadline.Limit);
    }
}
