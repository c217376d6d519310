using System.Buffers.Binary;
using System.Text;
using IoTF.Client.Connecting;
using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;
using IoTF.Protocol.Limits;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>What happens when more waits, or something larger comes, than can be kept, and how it is told.</summary>
public sealed class DroppingTests : ReceivingTest
{
    private static readonly int Capacity = InboxCapacity.Default.Messages;

    [Fact]
    public async Task Too_many_messages_of_quality_0_drop_the_oldest_are_counted_and_told_once()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "stays");
        for (var i = 0; i < Capacity + 25; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce, payload: $"{i}");
        }

        await ProveSilenceAsync(session, peer);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        Assert.Equal((25, 25, Capacity + 1), (receiver.Subscription.Inbox.Dropped, session.Counters.Dropped, session.Counters.Waiting));
        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.StartsWith($"25 messages for '{Commands}'", notice.Message);
        Assert.Contains("64 MiB", notice.Message);
        Assert.Empty(session.TakeNotices());
        Assert.Equal("stays", TextOf(await TakeAsync(receiver)));
        Assert.Equal("25", TextOf(await TakeAsync(receiver)));
    }

    [Fact]
    public async Task A_flood_that_goes_on_is_told_in_intervals_and_completely_to_who_asks_last()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        await FloodAsync(session, peer, Capacity + 1);
        Assert.StartsWith("1 messages", Assert.Single(session.TakeNotices(isLast: false)).Message);
        await FloodAsync(session, peer, 2);
        Assert.Empty(session.TakeNotices(isLast: false));
        Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.StartsWith("2 messages", Assert.Single(session.TakeNotices(isLast: false)).Message);
        await FloodAsync(session, peer, 3);
        Assert.StartsWith("3 messages", Assert.Single(session.TakeNotices(isLast: true)).Message);
    }

    [Fact]
    public async Task What_a_subscription_dropped_is_told_and_counted_when_it_has_ended()
    {
        var (session, peer) = await OpenAsync(Application);
        (await SubscribeAsync(session, peer, Pumps)).Leave();
        for (var i = 0; i < Capacity + 4; i++)
        {
            peer.Publish(PumpEvent, QualityOfService.AtMostOnce);
        }

        await ReplaceAsync(session, peer, Fans, ended: Pumps);
        Assert.Equal(4, session.Counters.Dropped);
        Assert.Contains(session.TakeNotices(), notice => notice.Message.StartsWith($"4 messages for '{Pumps}'", StringComparison.Ordinal));
    }

    [Fact]
    public void An_inbox_is_bounded_by_bytes_too_and_drops_as_many_as_it_takes()
    {
        var inbox = new Inbox(new InboxCapacity(100, 10_000), Clock);
        Assert.Equal(0, inbox.Add(Message(number: 1, size: 3_000)));
        Assert.Equal(0, inbox.Add(Message(number: 2, size: 3_000)));
        Assert.Equal(0, inbox.Add(Message(number: 3, size: 5_000, QualityOfService.AtLeastOnce)));
        Assert.Equal(2, inbox.Add(Message(number: 4, size: 9_000)));
        Assert.Equal((2, 2), (inbox.Dropped, inbox.Count));

        // An older one that waited elsewhere counts like the others.
        Assert.Equal(1, inbox.Insert(Message(number: 1, size: 1_000)));
        Assert.Equal(3, inbox.Take(fits: null, TimeSpan.Zero, CancellationToken.None)!.Number);
        Assert.Equal(4, inbox.Take(fits: null, TimeSpan.Zero, CancellationToken.None)!.Number);

        // What was taken takes no place any more.
        Assert.Equal(0, inbox.Add(Message(number: 5, size: 9_000)));
    }

    [Fact]
    public void What_was_set_aside_counts_with_its_bytes()
    {
        var inbox = new Inbox(new InboxCapacity(100, 10_000), Clock);
        var reader = new InboxReader(inbox, static _ => false, setsAside: true);
        inbox.Add(Message(number: 1, size: 6_000, QualityOfService.AtLeastOnce));
        Assert.Null(reader.Take(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(0, inbox.Add(Message(number: 2, size: 6_000, QualityOfService.AtLeastOnce)));
        Assert.Null(reader.Take(TimeSpan.Zero, CancellationToken.None));
        Assert.Equal(1, inbox.Add(Message(number: 3, size: 0)));
    }

    [Theory]
    [InlineData(MqttVersion.V31, QualityOfService.AtMostOnce)]
    [InlineData(MqttVersion.V311, QualityOfService.AtLeastOnce)]
    [InlineData(MqttVersion.V311, QualityOfService.ExactlyOnce)]
    [InlineData(MqttVersion.V5, QualityOfService.AtLeastOnce)]
    [InlineData(MqttVersion.V5, QualityOfService.ExactlyOnce)]
    public async Task A_message_that_is_too_large_is_read_through_acknowledged_and_told_and_the_session_goes_on(MqttVersion version, QualityOfService quality)
    {
        var (session, peer) = await OpenAsync(WithCommands with { Version = version, Persistent = true });
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "before");
        await SendTooLargeAsync(peer, quality, id: 2);
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 3, "behind");
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        (await TakeAsync(receiver)).Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        if (quality == QualityOfService.AtLeastOnce)
        {
            var answer = await peer.ReceiveAsync<MqttPubAckPacket>();
            Assert.Equal((2, version == MqttVersion.V5), (answer.PacketIdentifier, answer.ReasonCode == MqttPubAckReasonCode.QuotaExceeded));
        }
        else if (quality == QualityOfService.ExactlyOnce)
        {
            var answer = await peer.ReceiveAsync<MqttPubRecPacket>();
            Assert.Equal((2, version == MqttVersion.V5), (answer.PacketIdentifier, answer.ReasonCode == MqttPubRecReasonCode.QuotaExceeded));
        }

        var behind = await TakeAsync(receiver);
        Assert.Equal("behind", TextOf(behind));
        behind.Consume();
        Assert.Equal(3, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        Assert.Equal((SessionState.Open, 1, 0), (session.State, session.Counters.Dropped, session.Counters.Waiting));
        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.Contains(Reboot, notice.Message);
        Assert.Contains($"{TooLarge:N0}", notice.Message);
    }

    [Fact]
    public async Task Mqtt_5_is_told_how_many_messages_and_how_large_packets_it_may_send()
    {
        var session = NewSession(Device with { Version = MqttVersion.V5 });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        var connect = await peer.AcceptClientAsync();
        await opening.WaitAsync(Deadline.Limit);
        Assert.Equal((Handshake.ReceiveMaximum, (uint)Handshake.MaximumPacketSize), (connect.ReceiveMaximum, connect.MaximumPacketSize));
    }

    [Fact]
    public async Task Who_does_not_receive_learns_that_the_service_has_begun_to_keep_messages_back()
    {
        var (session, peer) = await OpenAsync(Application);
        var pumps = await SubscribeAsync(session, peer, Pumps);
        for (var i = 1; i <= ServiceLimits.ApplicationInFlight; i++)
        {
            peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, (ushort)i);
        }

        // Somebody receives, though slowly: nothing to be told.
        await ProveSilenceAsync(session, peer);
        Assert.Empty(session.TakeNotices());
        var first = await TakeAsync(pumps);
        first.Consume();
        Assert.Equal(1, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        pumps.Leave();
        peer.Publish(PumpEvent, QualityOfService.AtLeastOnce, 5_000);
        await ProveSilenceAsync(session, peer);
        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.Contains($"{ServiceLimits.ApplicationInFlight:N0} messages", notice.Message);
    }

    [Fact]
    public async Task When_too_much_waits_nothing_more_is_read_until_some_was_received_and_the_connection_stays()
    {
        const int Messages = 40;
        var (session, peer) = await OpenAsync(WithCommands with { ReceivingRoom = 100_000 });
        for (var i = 1; i <= Messages; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtLeastOnce, (ushort)i, new string('x', 60_000));
        }

        // It is asked whether the service is there, and not waited for the answer, which would be behind the messages.
        var dead = Device.KeepAlive * 1.5;
        await Until(() => session.TakeNotices().Any(static notice => notice.Message.Contains("100,000 bytes", StringComparison.Ordinal)));
        for (var waited = TimeSpan.Zero; waited < dead * 2; waited += Device.KeepAlive)
        {
            Clock.Advance(Device.KeepAlive);
            await peer.ReceiveAsync<MqttPingReqPacket>();
        }

        Assert.Equal(SessionState.Open, session.State);
        Assert.InRange(session.Counters.Received, 2, Messages / 2);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        for (var i = 1; i <= Messages; i++)
        {
            (await TakeAsync(receiver)).Consume();
            Assert.Equal(i, (await peer.ReceiveAsync<MqttPubAckPacket>()).PacketIdentifier);
        }
    }

    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    [Theory]
    [InlineData(MqttSubscribeReasonCode.GrantedQoS0, "QoS 0 at most")]
    [InlineData(MqttSubscribeReasonCode.GrantedQoS1, "QoS 1 at most")]
    public async Task A_lower_QoS_than_was_asked_for_is_told_once(MqttSubscribeReasonCode granted, string told)
    {
        var (session, peer) = await OpenAsync(Application);
        foreach (var filter in new[] { Pumps, "iot-2/type/valve/id/+/evt/+/fmt/+" })
        {
            var receiving = session.ReceiveAsync(new SubscriptionRequest(filter, MessageKind.Event), CancellationToken.None);
            var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
            peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [granted] });
            await receiving.WaitAsync(Deadline.Limit);
        }

        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.Contains(told, notice.Message);
        Assert.Contains(Pumps, notice.Message);
    }

    private const int TooLarge = Handshake.MaximumPacketSize + 1;

    /// <summary>Sends a PUBLISH of <see cref="TooLarge"/> bytes, which no encoder need make.</summary>
    private static async Task SendTooLargeAsync(ScriptedPeer peer, QualityOfService quality, ushort id)
    {
        var packet = new byte[TooLarge];
        packet[0] = (byte)(0x30 | ((int)quality << 1));
        var length = TooLarge - 5;
        for (var i = 1; i <= 4; i++)
        {
            packet[i] = (byte)((length & 0x7F) | (i < 4 ? 0x80 : 0));
            length >>= 7;
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(5), (ushort)Reboot.Length);
        Encoding.ASCII.GetBytes(Reboot, packet.AsSpan(7));
        if (quality != QualityOfService.AtMostOnce)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(7 + Reboot.Length), id);
        }

        await peer.SendBytesAsync(packet);
    }

    private static async Task FloodAsync(Session session, ScriptedPeer peer, int messages)
    {
        for (var i = 0; i < messages; i++)
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce);
        }

        await ProveSilenceAsync(session, peer);
    }

    private ReceivedMessage Message(long number, int size, QualityOfService qualityOfService = QualityOfService.AtMostOnce) => new(
        new InboundMessage("t", new byte[size], qualityOfService, packetId: 0, retain: false, duplicate: false),
        number,
        Clock.GetUtcNow(),
        NewSession(Application).Exchange,
        copies: null);
}
