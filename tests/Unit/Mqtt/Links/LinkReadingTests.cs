using System.Net.WebSockets;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Links;

public sealed class LinkReadingTests
{
    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Packets_of_every_type_survive_the_way_byte_by_byte(MqttVersion version)
    {
        var packets = PacketSamples.Of(version);
        var bytes = await EncodeAsync(version, packets);
        var stream = new ScriptedStream();
        foreach (var one in bytes)
        {
            stream.Feed(one);
        }

        stream.FeedEnd();
        var read = await ReadAllAsync(new Link(stream, new LinkOptions { Version = version }));

        Assert.Equal(packets.Select(packet => packet.GetType()), read.Select(packet => packet.GetType()));
        Assert.Equal(bytes, await EncodeAsync(version, read));
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task Packets_survive_a_split_at_every_position(MqttVersion version)
    {
        var bytes = await EncodeAsync(version, PacketSamples.Of(version));
        for (var position = 0; position <= bytes.Length; position++)
        {
            var stream = new ScriptedStream();
            foreach (var part in new[] { bytes[..position], bytes[position..] }.Where(part => part.Length > 0))
            {
                stream.Feed(part);
            }

            stream.FeedEnd();
            var link = new Link(stream, new LinkOptions { Version = version });
            Assert.Equal(bytes, await EncodeAsync(version, await ReadAllAsync(link)));
            Assert.Equal(bytes.Length, link.BytesReceived);
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task The_accepting_side_learns_the_version_from_the_first_packet(MqttVersion version)
    {
        var stream = new ScriptedStream();
        stream.Feed(await EncodeAsync(version, [PacketSamples.Connect()]));
        var link = new Link(stream, new LinkOptions());
        Assert.Null(link.Version);

        var connect = Assert.IsType<MqttConnectPacket>(await link.ReadAsync(default));

        Assert.Equal(version, link.Version);
        Assert.Equal("d:org:type:id", connect.ClientId);
    }

    [Theory]
    [InlineData("10 0C 00 04 4D 51 54 54 06 02 00 3C 00 00", LinkFailure.ProtocolVersion)]
    [InlineData("10 0C 00 04 4D 51 54 54 03 02 00 3C 00 00", LinkFailure.ProtocolVersion)]
    [InlineData("10 0E 00 06 4D 51 49 73 64 70 04 02 00 3C 00 00", LinkFailure.ProtocolVersion)]
    [InlineData("10 0C 00 04 48 54 54 50 04 02 00 3C 00 00", LinkFailure.Malformed)]
    [InlineData("10 02 00 04", LinkFailure.Malformed)]
    [InlineData("10 00", LinkFailure.Malformed)]
    [InlineData("10 08 FF FF 4D 51 54 54 04 02", LinkFailure.Malformed)]
    [InlineData("10 08 00 06 4D 51 49 73 64 70", LinkFailure.Malformed)]
    [InlineData("10 07 00 04 4D 51 54 54 04", LinkFailure.Malformed)]
    [InlineData("11 0C 00 04 4D 51 54 54 04 02 00 3C 00 00", LinkFailure.Malformed)]
    [InlineData("10 0C 00 04 4D 51 54 54 04 1E 00 3C 00 00", LinkFailure.Malformed)]
    [InlineData("C0 00", LinkFailure.Malformed)]
    [InlineData("30 03 00 01 61", LinkFailure.Malformed)]
    [InlineData("47 45 54 20 2F 20 48 54 54 50 2F 31 2E 31 0D 0A", LinkFailure.Malformed)]
    public async Task A_first_packet_that_is_no_CONNECT_of_a_known_version_ends_the_link(string bytes, LinkFailure failure) =>
        await AssertFailsAsync(new LinkOptions(), bytes, failure);

    [Theory]
    [InlineData("00 00")]
    [InlineData("F0 00")]
    [InlineData("30 80 80 80 80 01")]
    [InlineData("30 FF FF FF FF")]
    [InlineData("30 02 00 05")]
    [InlineData("30 00")]
    [InlineData("36 05 00 01 61 00 01")]
    [InlineData("38 03 00 01 61")]
    [InlineData("32 05 00 01 61 00 00")]
    [InlineData("34 05 00 01 61 00 00")]
    [InlineData("32 03 00 01 61")]
    [InlineData("40 02 00 00")]
    [InlineData("40 01 00")]
    [InlineData("41 02 00 01")]
    [InlineData("50 02 00 00")]
    [InlineData("60 02 00 01")]
    [InlineData("62 02 00 00")]
    [InlineData("70 02 00 00")]
    [InlineData("80 06 00 01 00 01 61 00")]
    [InlineData("82 06 00 00 00 01 61 00")]
    [InlineData("82 06 00 01 00 01 61 03")]
    [InlineData("82 02 00 01")]
    [InlineData("90 03 00 00 00")]
    [InlineData("A0 05 00 01 00 01 61")]
    [InlineData("A2 05 00 00 00 01 61")]
    [InlineData("A2 02 00 01")]
    [InlineData("B0 02 00 00")]
    [InlineData("C1 00")]
    [InlineData("E1 00")]
    public async Task What_breaks_the_rules_of_a_packet_ends_the_link(string bytes) =>
        await AssertFailsAsync(new LinkOptions { Version = MqttVersion.V311 }, bytes, LinkFailure.Malformed);

    [Theory]
    [InlineData("6A 02 00 01")]
    [InlineData("8A 06 00 01 00 01 61 01")]
    [InlineData("C8 00")]
    public async Task MQTT_3_1_may_set_DUP_on_packets_that_are_repeated(string bytes)
    {
        var stream = new ScriptedStream();
        stream.Feed(Convert.FromHexString(bytes.Replace(" ", "")));
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V31 });
        Assert.NotNull(await link.ReadAsync(default));
    }

    [Fact]
    public async Task A_packet_that_is_too_large_is_refused_by_its_announcement_before_anything_is_allocated_for_it()
    {
        var stream = new ScriptedStream();
        stream.Feed(0x30, 0xFF, 0xFF, 0xFF, 0x7F);
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, MaximumPacketSize = 1000 });

        var exception = await Assert.ThrowsAsync<LinkException>(async () => await link.ReadAsync(default));

        Assert.Equal(LinkFailure.PacketTooLarge, exception.Failure);
        Assert.InRange(stream.LargestRead, 1, 64 * 1024);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_PUBLISH_that_is_too_large_is_read_through_wherever_it_is_split(int quality)
    {
        var large = new MqttPublishPacket
        {
            Topic = "a/b",
            PayloadSegment = new byte[200],
            QualityOfServiceLevel = (MQTTnet.Protocol.MqttQualityOfServiceLevel)quality,
            PacketIdentifier = (ushort)(quality == 0 ? 0 : 7),
            Dup = quality > 0,
            Retain = true,
        };
        var bytes = await EncodeAsync(MqttVersion.V311, [new MqttPingRespPacket(), large, new MqttPingRespPacket()]);
        for (var position = 1; position < bytes.Length; position++)
        {
            var stream = new ScriptedStream();
            stream.Feed(bytes[..position]);
            stream.Feed(bytes[position..]);
            stream.FeedEnd();
            await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, MaximumPacketSize = 100, ReadsThroughLargePublish = true });
            var read = await ReadAllAsync(link);
            Assert.Equal(3, read.Count);
            var oversized = Assert.IsType<OversizedPublishPacket>(read[1]);
            Assert.Equal(("a/b", (QualityOfService)quality, large.PacketIdentifier), (oversized.Topic, oversized.QualityOfService, oversized.PacketIdentifier));
            Assert.Equal((true, large.Dup, bytes.Length - 4L), (oversized.Retain, oversized.Duplicate, oversized.Size));
        }
    }

    [Fact]
    public async Task Reading_through_takes_no_memory()
    {
        const int Size = 100 * 1024 * 1024;
        var stream = new ScriptedStream();
        stream.Feed(0x30, (Size & 0x7F) | 0x80, ((Size >> 7) & 0x7F) | 0x80, ((Size >> 14) & 0x7F) | 0x80, Size >> 21, 0, 1, (byte)'a');
        var chunk = new byte[1024 * 1024];
        for (var left = Size - 3; left > 0; left -= chunk.Length)
        {
            stream.Feed(chunk[..Math.Min(left, chunk.Length)]);
        }

        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, ReadsThroughLargePublish = true });
        Assert.IsType<OversizedPublishPacket>(await link.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
        Assert.InRange(stream.LargestRead, 1, 64 * 1024);
    }

    [Theory]
    [InlineData("90 FF FF FF 7F")]
    [InlineData("30 E8 07 00 00")]
    [InlineData("30 E8 07 FF FF")]
    [InlineData("32 E8 07 00 01 61 00 00")]
    public async Task What_is_too_large_and_no_valid_PUBLISH_ends_the_link(string bytes)
    {
        var stream = new ScriptedStream();
        stream.Feed(Convert.FromHexString(bytes.Replace(" ", "")));
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, MaximumPacketSize = 100, ReadsThroughLargePublish = true });
        await Assert.ThrowsAsync<LinkException>(async () => await link.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
    }

    [Theory]
    [InlineData(1000, false)]
    [InlineData(1001, true)]
    public async Task The_largest_packet_is_counted_with_its_header(int size, bool refused)
    {
        // Three bytes of header, three of topic.
        var bytes = await EncodeAsync(MqttVersion.V311, [new MqttPublishPacket { Topic = "a", PayloadSegment = new byte[size - 6] }]);
        Assert.Equal(size, bytes.Length);
        var stream = new ScriptedStream();
        stream.Feed(bytes);
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, MaximumPacketSize = 1000 });

        var exception = await Record.ExceptionAsync(async () => await link.ReadAsync(default));

        Assert.Equal(refused, exception is LinkException { Failure: LinkFailure.PacketTooLarge });
    }

    [Fact]
    public async Task Memory_grows_only_with_what_has_arrived_whatever_was_announced()
    {
        var stream = new ScriptedStream();
        stream.Feed(0x30, 0xFF, 0xFF, 0xFF, 0x7F, 0x00);
        stream.FeedEnd();
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, MaximumPacketSize = int.MaxValue });

        Assert.Null(await link.ReadAsync(default));

        Assert.InRange(stream.LargestRead, 1, 64 * 1024);
    }

    [Fact]
    public async Task A_large_packet_arrives_whole_between_small_ones()
    {
        var packets = new MqttPacket[] { PacketSamples.Publish(1, 10), PacketSamples.Publish(1, 700_000), PacketSamples.Publish(1, 20) };
        var bytes = await EncodeAsync(MqttVersion.V5, packets);
        var stream = new ScriptedStream();
        foreach (var chunk in bytes.Chunk(10_007))
        {
            stream.Feed(chunk);
        }

        stream.FeedEnd();
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V5 });
        Assert.Equal(bytes, await EncodeAsync(MqttVersion.V5, await ReadAllAsync(link)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("30 80")]
    [InlineData("30 05 00 01 61")]
    public async Task When_the_other_end_closes_even_amid_a_packet_reading_ends(string bytes)
    {
        var stream = new ScriptedStream();
        stream.Feed(Convert.FromHexString("C000" + bytes.Replace(" ", "")));
        stream.FeedEnd();
        await using var link = new Link(stream, new LinkOptions { Version = MqttVersion.V311 });

        Assert.IsType<MqttPingReqPacket>(await link.ReadAsync(default));
        Assert.Null(await link.ReadAsync(default));
    }

    public static TheoryData<Exception> Breakages => new(
        new IOException("reset"), new ObjectDisposedException("stream"), new InvalidOperationException("state"), new WebSocketException("reset"),
        new NotSupportedException("busy"), new OperationCanceledException("aborted by another"));

    [Theory]
    [MemberData(nameof(Breakages))]
    public async Task Whatever_a_stream_throws_the_reader_hears_that_the_connection_broke(Exception thrown)
    {
        await using var link = new Link(new ScriptedStream { ReadFailure = thrown }, new LinkOptions { Version = MqttVersion.V311 });
        var exception = await Assert.ThrowsAsync<LinkException>(async () => await link.FillAsync(default));
        Assert.Equal(LinkFailure.Broken, exception.Failure);
        Assert.Same(thrown, exception.InnerException);
    }

    [Fact]
    public async Task A_reader_that_is_canceled_hears_of_the_cancellation()
    {
        await using var link = new Link(new ScriptedStream(), new LinkOptions { Version = MqttVersion.V311 });
        using var source = new CancellationTokenSource();
        var reading = link.ReadAsync(source.Token).AsTask();
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Disposing_the_link_ends_its_reader()
    {
        var link = new Link(new ScriptedStream(), new LinkOptions { Version = MqttVersion.V311 });
        var reading = link.ReadAsync(default).AsTask();
        await link.DisposeAsync();
        var exception = await Assert.ThrowsAsync<LinkException>(() => reading.WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.Broken, exception.Failure);
    }

    private static async Task AssertFailsAsync(LinkOptions options, string bytes, LinkFailure failure)
    {
        var stream = new ScriptedStream();
        stream.Feed(Convert.FromHexString(bytes.Replace(" ", "")));
        stream.FeedEnd();
        await using var link = new Link(stream, options);
        var exception = await Assert.ThrowsAsync<LinkException>(async () => await link.ReadAsync(default));
        Assert.Equal(failure, exception.Failure);
    }

    private static async Task<byte[]> EncodeAsync(MqttVersion version, IEnumerable<MqttPacket> packets)
    {
        var stream = new ScriptedStream();
        await using var link = new Link(stream, new LinkOptions { Version = version });
        foreach (var packet in packets)
        {
            link.Send(packet);
        }

        await link.FlushAsync(default).WaitAsync(Patience.Limit);
        return stream.Written;
    }

    private static async Task<List<MqttPacket>> ReadAllAsync(Link link)
    {
        List<MqttPacket> packets = [];
        while (await link.ReadAsync(default).AsTask().WaitAsync(Patience.Limit) is { } packet)
        {
            packets.Add(packet);
        }

        return packets;
    }
}
