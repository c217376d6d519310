using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Reflection;
using System.Text;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using MQTTnet.Formatter;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Links;

public sealed class LinkWritingTests
{
    private static readonly LinkOptions Options = new() { Version = MqttVersion.V311, WriteAhead = 1000 };

    [Fact]
    public async Task Packets_that_are_sent_during_a_write_leave_together_in_the_next_one()
    {
        var stream = new ScriptedStream();
        await using var link = new Link(stream, Options);
        stream.HoldWrites();
        link.Send(MqttPingReqPacket.Instance);
        await stream.WriteStartedAsync();
        for (ushort id = 1; id <= 500; id++)
        {
            link.PubAck(id, reasonCode: 0);
        }

        stream.ReleaseWrites();
        await link.FlushAsync(default).WaitAsync(Patience.Limit);

        Assert.Equal([2, 2000], stream.Writes.Select(write => write.Length));
        Assert.Equal(2002, link.BytesSent);
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(3000, false)]
    [InlineData(10, true)]
    public async Task No_buffer_keeps_a_password(int size, bool fails)
    {
        var stream = new ScriptedStream { WriteFailure = fails ? new IOException() : null };
        await using var link = new Link(stream, Options with { Version = MqttVersion.V5 });
        var password = Encoding.ASCII.GetBytes(new string('s', size));
        link.SendSecret(new MqttConnectPacket { ClientId = "d:abc123:pump:p1", Username = "use-token-auth", Password = password });

        // Behind it in the same write.
        link.Publish("topic", new byte[5000], QualityOfService.AtMostOnce, packetId: 0, retain: false, duplicate: false);
        await link.FlushAsync(default).WaitAsync(Patience.Limit);
        Assert.Equal(!fails, stream.Written.AsSpan().IndexOf(password) >= 0);
        Assert.NotEmpty(stream.Buffers);
        foreach (var buffer in stream.Buffers)
        {
            Assert.Equal(-1, buffer.AsSpan().IndexOf("ssssss"u8));
        }

        Assert.Equal(-1, EncodeBufferOf(link).AsSpan().IndexOf("ssssss"u8));
    }

    /// <summary>The buffer that the encoder keeps for as long as the link lives.</summary>
    private static byte[] EncodeBufferOf(Link link)
    {
        const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;
        var formatter = (MqttPacketFormatterAdapter)typeof(Link).GetField("_formatter", Hidden)!.GetValue(link)!;
        var writer = typeof(MqttPacketFormatterAdapter).GetFields(Hidden).Select(field => field.GetValue(formatter)).OfType<MqttBufferWriter>().Single();
        return writer.GetBuffer();
    }

    [Fact]
    public async Task A_single_packet_leaves_at_once()
    {
        var stream = new ScriptedStream();
        await using var link = new Link(stream, Options);
        link.Send(MqttPingReqPacket.Instance);
        await stream.WriteStartedAsync();
    }

    [Fact]
    public async Task Room_is_there_again_when_enough_has_been_written()
    {
        var stream = new ScriptedStream();
        await using var link = new Link(stream, Options);
        Assert.True(link.HasRoom);
        Assert.True(link.WaitForRoomAsync(default).IsCompletedSuccessfully);
        stream.HoldWrites();
        link.Publish("a", new byte[994 - 1], QualityOfService.AtMostOnce, packetId: 0, retain: false, duplicate: false);
        Assert.True(link.HasRoom);
        await stream.WriteStartedAsync();
        link.Send(MqttPingReqPacket.Instance);
        Assert.False(link.HasRoom);
        var room = link.WaitForRoomAsync(default);
        var flushed = link.FlushAsync(default);
        Assert.False(room.IsCompleted || flushed.IsCompleted);

        stream.ReleaseWrites();
        await room.WaitAsync(Patience.Limit);
        await flushed.WaitAsync(Patience.Limit);
        Assert.True(link.HasRoom);
    }

    [Fact]
    public async Task Who_waits_for_a_stalled_network_can_be_canceled_and_the_link_goes_on()
    {
        var stream = new ScriptedStream();
        await using var link = new Link(stream, Options with { WriteAhead = 1 });
        stream.HoldWrites();
        link.Send(MqttPingReqPacket.Instance);
        using var source = new CancellationTokenSource();
        var room = link.WaitForRoomAsync(source.Token);
        var flushed = link.FlushAsync(source.Token);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => room.WaitAsync(Patience.Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushed.WaitAsync(Patience.Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => link.FlushAsync(source.Token));

        stream.ReleaseWrites();
        await link.FlushAsync(default).WaitAsync(Patience.Limit);
        Assert.Equal([0xC0, 0x00], stream.Written);
    }

    public static TheoryData<Exception> Breakages => new(
        new IOException("reset"), new ObjectDisposedException("stream"), new WebSocketException("reset"), new NotSupportedException("busy"));

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task When_writing_fails_nobody_waits_any_more_and_the_reader_hears_of_it(Exception thrown)
    {
        var clock = new FakeTimeProvider();
        var stream = new ScriptedStream { WriteFailure = thrown };
        await using var link = new Link(stream, Options with { WriteAhead = 1, Clock = clock });
        stream.HoldWrites();
        link.Send(MqttPingReqPacket.Instance);
        link.Send(MqttPingReqPacket.Instance);
        var reading = link.ReadAsync(default).AsTask();
        var room = link.WaitForRoomAsync(default);
        var flushed = link.FlushAsync(default);
        Assert.False(room.IsCompleted);

        stream.ReleaseWrites();

        await room.WaitAsync(Patience.Limit);
        await flushed.WaitAsync(Patience.Limit);
        Assert.False(reading.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));
        var exception = await Assert.ThrowsAsync<LinkException>(() => reading.WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.Broken, exception.Failure);
        Assert.Same(thrown, link.WriteFault?.InnerException);

        // A loop of HasRoom and WaitForRoomAsync ends, and sending is harmless.
        Assert.True(link.HasRoom);
        link.Send(MqttPingReqPacket.Instance);
        Assert.True(link.FlushAsync(default).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Disposing_the_link_during_a_write_frees_everyone_who_waits()
    {
        var stream = new ScriptedStream();
        var link = new Link(stream, Options with { WriteAhead = 1 });
        stream.HoldWrites();
        link.Send(MqttPingReqPacket.Instance);
        await stream.WriteStartedAsync();
        link.Send(MqttPingReqPacket.Instance);
        var room = link.WaitForRoomAsync(default);
        var flushed = link.FlushAsync(default);

        await link.DisposeAsync();
        await link.DisposeAsync();

        await Task.WhenAll(room, flushed).WaitAsync(Patience.Limit);
        Assert.True(link.HasRoom);
        Assert.Null(link.WriteFault);
        Assert.Empty(stream.Writes);
    }

    [Fact]
    public async Task The_times_of_the_last_packets_come_from_the_clock()
    {
        var clock = new FakeTimeProvider();
        var stream = new ScriptedStream();
        await using var link = new Link(stream, Options with { Clock = clock });
        var made = clock.GetTimestamp();
        Assert.Equal((made, made), (link.LastReceived, link.LastSent));

        clock.Advance(TimeSpan.FromSeconds(1));
        link.Send(MqttPingReqPacket.Instance);
        await link.FlushAsync(default).WaitAsync(Patience.Limit);
        Assert.Equal(TimeSpan.FromSeconds(1), clock.GetElapsedTime(made, link.LastSent));
        Assert.Equal(made, link.LastReceived);

        clock.Advance(TimeSpan.FromSeconds(1));
        stream.Feed(0xD0, 0x00);
        await link.ReadAsync(default);
        Assert.Equal(TimeSpan.FromSeconds(2), clock.GetElapsedTime(made, link.LastReceived));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Over_TCP_the_packets_of_many_senders_arrive_whole_and_those_of_each_in_order(MqttVersion version)
    {
        const int Senders = 8;
        const int Each = 500;
        var (left, right) = await ConnectAsync();
        await using var sending = new Link(left, new LinkOptions { Version = version, WriteAhead = 4096 });
        await using var receiving = new Link(right, new LinkOptions { Version = version });
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
            {
                var payload = new byte[(i * 7) % 900];
                Array.Fill(payload, (byte)sender);
                sending.Publish($"{sender}/{i}", payload, QualityOfService.AtLeastOnce, (ushort)(i + 1), retain: false, duplicate: false);
                while (!sending.HasRoom)
                {
                    await sending.WaitForRoomAsync(default);
                }
            }
        })).ToArray();

        var next = new int[Senders];
        for (var i = 0; i < Senders * Each; i++)
        {
            var packet = Assert.IsType<MqttPublishPacket>(await receiving.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
            var parts = packet.Topic.Split('/').Select(int.Parse).ToArray();
            Assert.Equal(next[parts[0]]++, parts[1]);
            Assert.Equal((parts[1] * 7) % 900, packet.Payload.Length);
            Assert.All(packet.Payload.ToArray(), one => Assert.Equal(parts[0], one));
        }

        await Task.WhenAll(senders).WaitAsync(Patience.Limit);
        await sending.DisposeAsync();
        Assert.Null(await receiving.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task What_the_other_end_said_before_it_closed_is_read_even_when_a_write_fails_first()
    {
        var (left, right) = await ConnectAsync();
        await using var link = new Link(left, new LinkOptions { Version = MqttVersion.V5 });
        link.Send(MqttPingReqPacket.Instance);
        await link.FlushAsync(default).WaitAsync(Patience.Limit);

        // DISCONNECT, session taken over; then a close with unread bytes, which resets the connection.
        await right.WriteAsync(new byte[] { 0xE0, 0x01, 0x8E });
        await right.DisposeAsync();
        while (link.WriteFault is null)
        {
            link.Send(MqttPingReqPacket.Instance);
            await link.FlushAsync(default).WaitAsync(Patience.Limit);
        }

        var packet = await link.ReadAsync(default).AsTask().WaitAsync(Patience.Limit);
        Assert.Equal(MqttDisconnectReasonCode.SessionTakenOver, Assert.IsType<MqttDisconnectPacket>(packet).ReasonCode);
    }

    internal static async Task<(NetworkStream Left, NetworkStream Right)> ConnectAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var left = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var accepting = listener.AcceptSocketAsync();
        await left.ConnectAsync(listener.LocalEndpoint);
        var right = await accepting;
        return (new NetworkStream(left, ownsSocket: true), new NetworkStream(right, ownsSocket: true));
    }
}
