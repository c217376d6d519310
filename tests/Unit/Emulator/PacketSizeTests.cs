using System.Buffers;
using System.Text;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A MQTT 5 client that says how large a packet may be gets none that is larger (MQTT-5.0 §3.1.2.11.4).</summary>
public sealed class PacketSizeTests : EmulatorTest
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_message_that_fits_to_the_byte_is_delivered_and_one_byte_more_is_dropped(int qos)
    {
        var fitting = new byte[300];
        var most = (uint)(1 + 2 + 2 + Command.Length + (qos == 0 ? 0 : 2) + 1 + fitting.Length);
        var device = await ConnectAsync(MqttVersion.V5, Limited(RawClient.ConnectPacket(Device), most));
        await device.SubscribeAsync((AllCommands, qos));
        var application = await ApplicationAsync(MqttVersion.V5);
        application.Publish(LongCommand, new byte[fitting.Length + 1], qos);
        application.Publish(LongCommand, fitting, qos);
        Assert.Equal(fitting.Length, (await device.ReceiveAsync(Command)).Payload.Length);
        await device.ExpectNothingAsync();
        Assert.Equal(1, Assert.Single(Emulator.Sessions, static session => session.Role == IoTF.Protocol.Identities.ClientRole.Device).Dropped);
    }

    [Fact]
    public async Task What_waited_or_was_in_flight_is_dropped_when_the_client_comes_back_with_less_room()
    {
        var device = await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket(Device, clean: false, expiry: 3_600));
        await device.SubscribeAsync((AllCommands, 2));
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.PublishAsync(LongCommand, new string('a', 500), qos: 1);
        await application.PublishAsync(LongCommand, new string('b', 500), qos: 2);
        await device.ExpectPublishAsync(Command);
        var twice = await device.ExpectPublishAsync(Command);
        await device.DisposeAsync();
        while (Assert.Single(Emulator.Sessions, static session => session.Role == IoTF.Protocol.Identities.ClientRole.Device).Connected)
        {
            await Task.Yield();
        }

        await application.PublishAsync(LongCommand, new string('c', 500), qos: 1);
        await application.PublishAsync(LongCommand, "small", qos: 1);
        var back = await ConnectAsync(MqttVersion.V5, Limited(RawClient.ConnectPacket(Device, clean: false, expiry: 3_600), 200));
        var released = await back.ExpectAsync<MqttPubRelPacket>();
        Assert.Equal(twice.PacketIdentifier, released.PacketIdentifier);
        back.Link.PubComp(released.PacketIdentifier, reasonCode: 0);
        await back.ReceiveAsync(Command, "small");
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_member_that_cannot_take_a_message_leaves_it_to_the_others()
    {
        var small = await MemberAsync("i1", most: 100);
        var large = await MemberAsync("i2", most: null);
        await small.SubscribeAsync((AllEvents, 1));
        await large.SubscribeAsync((AllEvents, 1));
        var device = await DeviceAsync(MqttVersion.V5);
        for (var i = 0; i < 4; i++)
        {
            await device.PublishAsync(Event, new string('x', 200), qos: 1);
        }

        for (var i = 0; i < 4; i++)
        {
            await large.ReceiveAsync(LongEvent);
        }

        await small.ExpectNothingAsync();
    }

    [Fact]
    public async Task The_words_of_a_refusal_or_of_a_close_are_left_out_where_they_do_not_fit()
    {
        var refused = await OpenAsync(MqttVersion.V5);
        refused.Link.Send(Limited(RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, "wrong-token"), 50));
        Assert.Null((await refused.ExpectAsync<MqttConnAckPacket>()).ReasonString);

        var closed = await ConnectAsync(MqttVersion.V5, Limited(RawClient.ConnectPacket(Device), 50));
        closed.Link.Send(RawClient.ConnectPacket(Device));
        var disconnect = await closed.ExpectAsync<MqttDisconnectPacket>();
        Assert.Equal(MqttDisconnectReasonCode.ProtocolError, disconnect.ReasonCode);
        Assert.Null(disconnect.ReasonString);
    }

    [Fact]
    public async Task Who_cannot_take_even_a_CONNACK_is_closed_and_who_cannot_take_a_SUBACK_too()
    {
        var tiny = await OpenAsync(MqttVersion.V5);
        tiny.Link.Send(Limited(RawClient.ConnectPacket(Device), 10));
        await tiny.ExpectCloseAsync();
        Assert.Equal(287, Emulator.Refusals[^1].CloseCode);

        var application = await ConnectAsync(MqttVersion.V5, Limited(RawClient.ConnectPacket(Application, "dash"), 40));
        var many = new MqttSubscribePacket { PacketIdentifier = 7 };
        many.TopicFilters.AddRange(Enumerable.Range(0, 36).Select(static i => new MqttTopicFilter { Topic = $"iot-2/type/t{i}/id/+/evt/+/fmt/+" }));
        application.Link.Send(many);
        await application.ExpectDisconnectAsync(MqttDisconnectReasonCode.PacketTooLarge);
    }

    public static TheoryData<string> Properties => ["type", "empty type", "correlation", "response", "expiry", "text", "user", "all"];

    [Theory]
    [MemberData(nameof(Properties))]
    public async Task Properties_are_counted_to_the_byte(string which)
    {
        var size = (uint)SizeOnTheWire(Message(Command, which));
        var application = await ApplicationAsync(MqttVersion.V5);
        foreach (var (most, isDelivered) in new[] { (size, true), (size - 1, false) })
        {
            var device = await ConnectAsync(MqttVersion.V5, Limited(RawClient.ConnectPacket(Device), most));
            await device.SubscribeAsync((AllCommands, 1));
            application.Link.Send(Message(LongCommand, which));
            await application.ExpectAsync<MqttPubAckPacket>();
            if (isDelivered)
            {
                await device.ReceiveAsync(Command);
            }

            await device.ExpectNothingAsync();
        }
    }

    private static long SizeOnTheWire(MqttPublishPacket packet)
    {
        var link = new Link(Stream.Null, new LinkOptions { Version = MqttVersion.V5 });
        link.Send(packet);
        return link.BytesQueued;
    }

    private static MqttPublishPacket Message(string topic, string which)
    {
        var all = which == "all";
        return new MqttPublishPacket
        {
            Topic = topic,
            PacketIdentifier = 9,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            Payload = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(new string('ä', 50))),
            ContentType = which == "type" || all ? "täxt/plain" : which == "empty type" ? "" : null,
            CorrelationData = which == "correlation" || all ? [1, 2, 3] : null,
            ResponseTopic = which == "response" || all ? "répondez" : null,
            MessageExpiryInterval = which == "expiry" || all ? 1_000u : 0u,
            PayloadFormatIndicator = which == "text" || all ? MqttPayloadFormatIndicator.CharacterData : MqttPayloadFormatIndicator.Unspecified,
            UserProperties = which == "user" || all
                ? [.. Enumerable.Range(0, 40).Select(static i => new MqttUserProperty($"nämé{i}", Encoding.UTF8.GetBytes($"välue{i}")))]
                : null,
        };
    }

    private static MqttConnectPacket Limited(MqttConnectPacket packet, uint most)
    {
        packet.MaximumPacketSize = most;
        return packet;
    }

    private Task<RawClient> MemberAsync(string instanceId, uint? most)
    {
        var packet = RawClient.ConnectPacket($"A:abc123:worker:{instanceId}", Application.UserName, Application.Token);
        return ConnectAsync(MqttVersion.V5, most is { } bytes ? Limited(packet, bytes) : packet);
    }
}
