using System.Buffers;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What happens when a client does what it may not (protocol.md §4.6).</summary>
public sealed class ViolationTests : EmulatorTest
{
    [Theory]
    [InlineData(MqttVersion.V31, 0)]
    [InlineData(MqttVersion.V31, 1)]
    [InlineData(MqttVersion.V311, 0)]
    [InlineData(MqttVersion.V311, 1)]
    [InlineData(MqttVersion.V311, 2)]
    public async Task A_device_that_publishes_to_a_wrong_topic_is_closed_without_an_acknowledgement(MqttVersion version, int qos)
    {
        var device = await DeviceAsync(version);
        device.Publish(Command, qos: qos);
        await device.ExpectCloseAsync();
        Assert.Equal(276, Emulator.Refusals[^1].CloseCode);
        Assert.Equal("d:abc123:pump:p-001", Emulator.Refusals[^1].ClientId);
    }

    [Fact]
    [Vector("X6")]
    public async Task X6_in_MQTT_5_QoS_1_to_a_wrong_topic_is_refused_and_the_connection_stays()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish("iot-2/bad", qos: 1);
        Assert.Equal(MqttPubAckReasonCode.TopicNameInvalid, (await device.ExpectAsync<MqttPubAckPacket>()).ReasonCode);
        device.Publish("iot-2/bad", qos: 2);
        Assert.Equal(MqttPubRecReasonCode.TopicNameInvalid, (await device.ExpectAsync<MqttPubRecPacket>()).ReasonCode);
        await device.ExpectNothingAsync();
    }

    [Fact]
    public async Task In_MQTT_5_QoS_0_to_a_wrong_topic_disconnects()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish("iot-2/bad");
        await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.TopicNameInvalid);
    }

    [Fact]
    [Vector("T21")]
    public async Task T21_a_gateway_that_publishes_in_the_short_form_is_acknowledged_and_stays()
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 1));

        await gateway.PublishAsync(Event, "lost", qos: 1);
        await gateway.PublishAsync("iot-2/type/pump/id/p-001/evt/s/fmt/json", "kept", qos: 1);

        await application.ReceiveAsync("iot-2/type/pump/id/p-001/evt/s/fmt/json", "kept");
        Assert.Equal(276, Emulator.Refusals[^1].CloseCode);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task A_wrong_filter_closes_the_connection_and_subscribes_to_nothing(MqttVersion version)
    {
        var application = await ApplicationAsync(version);
        application.Link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 1,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents }, new MqttTopicFilter { Topic = "#" }],
        });
        await application.ExpectCloseAsync();
        Assert.Equal(276, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    [Vector("T26")]
    public async Task T26_the_system_topics_close_the_connection_with_a_code_of_their_own()
    {
        var application = await ApplicationAsync(MqttVersion.V311);
        application.Subscribe("$SYS/#");
        await application.ExpectCloseAsync();
        Assert.Equal(289, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    [Vector("X7")]
    public async Task X7_in_MQTT_5_a_wrong_filter_is_refused_beside_a_good_one_in_order()
    {
        var application = await ApplicationAsync(MqttVersion.V5);
        var subAck = await application.SubscribeAsync(("#", 0), (AllEvents, 0), (AllEvents, 2), ("iot-2/#", 1));
        Assert.Equal(
            [MqttSubscribeReasonCode.TopicFilterInvalid, MqttSubscribeReasonCode.GrantedQoS0, MqttSubscribeReasonCode.GrantedQoS2, MqttSubscribeReasonCode.TopicFilterInvalid],
            subAck.ReasonCodes);
    }

    [Theory]
    [InlineData(MqttVersion.V31, MqttSubscribeReasonCode.GrantedQoS0)]
    [InlineData(MqttVersion.V311, MqttSubscribeReasonCode.UnspecifiedError)]
    [InlineData(MqttVersion.V5, MqttSubscribeReasonCode.TopicFilterInvalid)]
    public async Task A_gateway_stays_connected_after_a_wrong_filter(MqttVersion version, MqttSubscribeReasonCode expected)
    {
        var gateway = await GatewayAsync(version);
        Assert.Equal([expected], (await gateway.SubscribeAsync(("iot-2/evt/+/fmt/+", 1))).ReasonCodes);
        await gateway.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("X1")]
    public async Task X1_a_payload_of_131072_bytes_is_delivered(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        var application = await ApplicationAsync(version);
        await application.SubscribeAsync((AllEvents, 1));
        device.Publish(Event, new byte[131_072], qos: 1);
        await device.ExpectAsync<MqttPubAckPacket>();
        Assert.Equal(131_072, (await application.ReceiveAsync(LongEvent)).Payload.Length);
    }

    [Theory]
    [InlineData(MqttVersion.V31, 131_073)]
    [InlineData(MqttVersion.V311, 131_073)]
    [InlineData(MqttVersion.V311, 2_000_000)]
    [Vector("X2")]
    public async Task X2_a_payload_of_131073_bytes_closes_the_connection(MqttVersion version, int size)
    {
        var device = await DeviceAsync(version);
        device.Publish(Event, new byte[size], qos: 1);
        await device.ExpectCloseAsync();
        Assert.Equal(287, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    [Vector("X2")]
    public async Task X2_in_MQTT_5_a_payload_of_131073_bytes_disconnects()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish(Event, new byte[131_073], qos: 1);
        await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.PacketTooLarge);
    }

    [Fact]
    public async Task Bytes_of_a_topic_beyond_200_count_before_MQTT_5()
    {
        var topic = $"iot-2/evt/{new string('e', 300)}/fmt/json";
        var old = await DeviceAsync(MqttVersion.V311);
        old.Publish(topic, new byte[131_000], qos: 1);
        await old.ExpectCloseAsync();

        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish(topic, new byte[131_000], qos: 1);
        await device.ExpectAsync<MqttPubAckPacket>();
    }

    [Theory]
    [InlineData("json", new byte[] { 0x7B, 0x22, 0x61, 0x22, 0x3A })]
    [InlineData("bin", new byte[] { 0x00, 0xFF })]
    [Vector("X17", "X18")]
    public async Task A_payload_is_delivered_as_it_is_whatever_its_format_says(string format, byte[] payload)
    {
        var device = await DeviceAsync(MqttVersion.V311);
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 1));
        device.Publish($"iot-2/evt/status/fmt/{format}", payload, qos: 1);
        await device.ExpectAsync<MqttPubAckPacket>();
        Assert.Equal(payload, (await application.ReceiveAsync($"iot-2/type/pump/id/p-001/evt/status/fmt/{format}")).Payload.ToArray());
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    [Vector("X3")]
    public async Task X3_the_retain_flag_is_cleared_and_nothing_is_stored(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        var application = await ApplicationAsync(version);
        await application.SubscribeAsync((AllEvents, 1));
        device.Publish(Event, "kept?", qos: 1, retain: true);
        await device.ExpectAsync<MqttPubAckPacket>();
        Assert.False((await application.ReceiveAsync(LongEvent, "kept?")).Retain);

        var late = await ApplicationAsync(version, "late");
        await late.SubscribeAsync((AllEvents, 1));
        await late.ExpectNothingAsync();
    }

    [Fact]
    public async Task The_51st_subscription_of_a_device_closes_the_connection()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        for (var i = 0; i < 50; i++)
        {
            await device.SubscribeAsync(($"iot-2/cmd/c{i}/fmt/+", 0));
        }

        await device.SubscribeAsync(("iot-2/cmd/c0/fmt/+", 1));
        device.Subscribe("iot-2/cmd/c50/fmt/+");
        await device.ExpectCloseAsync();
        Assert.Equal(154, Emulator.Refusals[^1].CloseCode);
    }

    [Theory]
    [InlineData(9, Event, MqttDisconnectReasonCode.TopicAliasInvalid, 298)]
    [InlineData(8, "", MqttDisconnectReasonCode.ProtocolError, 297)]
    public async Task In_MQTT_5_an_alias_beyond_eight_or_one_never_given_a_topic_disconnects(ushort alias, string topic, MqttDisconnectReasonCode expected, int closeCode)
    {
        var device = await DeviceAsync(MqttVersion.V5);
        device.Link.Send(new MqttPublishPacket { Topic = topic, TopicAlias = alias });
        await device.ExpectDisconnectAsync(expected);
        Assert.Equal(closeCode, Emulator.Refusals[^1].CloseCode);
    }

    [Fact]
    public async Task In_MQTT_5_an_alias_stands_for_the_topic_it_was_given_last()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.SubscribeAsync((AllEvents, 1));
        foreach (var topic in new[] { Event, "", "iot-2/evt/other/fmt/json", "" })
        {
            device.Link.Send(new MqttPublishPacket { Topic = topic, TopicAlias = 8, PayloadSegment = "x"u8.ToArray() });
        }

        await application.ReceiveAsync(LongEvent);
        await application.ReceiveAsync(LongEvent);
        await application.ReceiveAsync("iot-2/type/pump/id/p-001/evt/other/fmt/json");
        await application.ReceiveAsync("iot-2/type/pump/id/p-001/evt/other/fmt/json");
    }

    [Fact]
    public async Task In_MQTT_5_a_payload_that_is_not_the_UTF_8_it_claims_to_be_is_refused()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        device.Link.Send(new MqttPublishPacket
        {
            Topic = Event,
            PacketIdentifier = 9,
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            PayloadFormatIndicator = MqttPayloadFormatIndicator.CharacterData,
            PayloadSegment = new byte[] { 0xC3, 0x28 },
        });
        Assert.Equal(MqttPubAckReasonCode.PayloadFormatInvalid, (await device.ExpectAsync<MqttPubAckPacket>()).ReasonCode);
    }

    [Theory]
    [MemberData(nameof(BadPackets))]
    public async Task A_bad_packet_closes_its_connection_and_no_other(string what, byte[] bytes)
    {
        Assert.NotEmpty(what);
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 1));
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await using var stream = await PlainStreamAsync();
        byte[] connect = [0, 4, .. "MQTT"u8, 4, 0xC2, 0, 60, 0, 19, .. "d:abc123:pump:p-001"u8, 0, 14, .. "use-token-auth"u8, 0, (byte)Device.Token.Length, .. System.Text.Encoding.ASCII.GetBytes(Device.Token)];
        await stream.WriteAsync(new byte[] { 0x10, (byte)connect.Length }.Concat(connect).Concat(bytes).ToArray(), bound.Token);
        var connAck = new byte[4];
        await stream.ReadExactlyAsync(connAck, bound.Token);
        Assert.Equal([0x20, 2, 0, 0], connAck);
        Assert.Equal(0, await stream.ReadAsync(connAck, bound.Token));

        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "still here", qos: 1);
        await application.ReceiveAsync(LongEvent, "still here");
    }

    public static TheoryData<string, byte[]> BadPackets() => new()
    {
        { "type 0", [0x00, 0x00] },
        { "type 15", [0xF0, 0x00] },
        { "five bytes of length", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
        { "256 MiB announced", [0x30, 0xFF, 0xFF, 0xFF, 0x7F] },
        { "a topic longer than its packet", [0x30, 0x03, 0x00, 0x40, 0x61] },
        { "QoS 3", [0x36, 0x07, 0x00, 0x03, 0x61, 0x2F, 0x62, 0x00, 0x01] },
        { "QoS 1 with packet id 0", [0x32, 0x07, 0x00, 0x03, 0x61, 0x2F, 0x62, 0x00, 0x00] },
        { "PUBREL with packet id 0", [0x62, 0x02, 0x00, 0x00] },
        { "PUBACK without a packet id", [0x40, 0x00] },
        { "SUBSCRIBE with packet id 0", [0x82, 0x06, 0x00, 0x00, 0x00, 0x01, 0x61, 0x00] },
        { "SUBSCRIBE without a filter", [0x82, 0x02, 0x00, 0x01] },
        { "SUBSCRIBE with QoS 3", [0x82, 0x06, 0x00, 0x01, 0x00, 0x01, 0x61, 0x03] },
        { "CONNACK", [0x20, 0x02, 0x00, 0x00] },
        { "PINGRESP", [0xD0, 0x00] },
    };
}
