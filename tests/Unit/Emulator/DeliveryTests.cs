using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class DeliveryTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_device_has_ten_messages_in_flight_and_gets_the_next_for_an_acknowledgement(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        await device.SubscribeAsync((AllCommands, 1));
        var application = await ApplicationAsync(version);
        for (var i = 0; i < 12; i++)
        {
            await application.PublishAsync(LongCommand, $"{i}", qos: 1);
        }

        var first = await device.ExpectPublishAsync(Command, "0");
        for (var i = 1; i < 10; i++)
        {
            await device.ExpectPublishAsync(Command, $"{i}");
        }

        await device.ExpectNothingAsync();
        Assert.Equal((10, 2), (ConnectionOf("d:abc123:pump:p-001").InFlight, ConnectionOf("d:abc123:pump:p-001").Queued));

        device.Link.PubAck(first.PacketIdentifier, reasonCode: 0);
        await device.ExpectPublishAsync(Command, "10");
        await device.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_client_of_MQTT_5_gets_no_more_in_flight_than_it_said()
    {
        var connect = RawClient.ConnectPacket(Device);
        connect.ReceiveMaximum = 2;
        var device = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V5, connect));
        await device.SubscribeAsync((AllCommands, 2));
        var application = await ApplicationAsync(MqttVersion.V5);
        for (var i = 0; i < 3; i++)
        {
            await application.PublishAsync(LongCommand, $"{i}", qos: 2);
        }

        await device.ExpectPublishAsync(Command, "0");
        await device.ExpectPublishAsync(Command, "1");
        await device.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_device_of_MQTT_5_that_exceeds_the_receive_maximum_is_disconnected()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        for (var i = 0; i < 10; i++)
        {
            device.Publish(Event, qos: 2);
            await device.ExpectAsync<MqttPubRecPacket>();
        }

        device.Publish(Event, qos: 2);
        await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.ReceiveMaximumExceeded);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_QoS_2_message_that_is_sent_twice_is_delivered_once(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        var application = await ApplicationAsync(version);
        await application.SubscribeAsync((AllEvents, 2));

        device.Link.Publish(Event, "once"u8.ToArray(), QualityOfService.ExactlyOnce, packetId: 7, retain: false, duplicate: false);
        await device.ExpectAsync<MqttPubRecPacket>();
        device.Link.Publish(Event, "once"u8.ToArray(), QualityOfService.ExactlyOnce, packetId: 7, retain: false, duplicate: true);
        await device.ExpectAsync<MqttPubRecPacket>();
        device.Link.PubRel(7, reasonCode: 0);
        await device.ExpectAsync<MqttPubCompPacket>();

        await application.ReceiveAsync(LongEvent, "once");
        await application.ExpectNothingAsync();
    }

    [Fact]
    public async Task Several_filters_that_match_deliver_one_copy_with_the_highest_QoS()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 0), ("iot-2/type/pump/id/+/evt/status/fmt/+", 2), ("iot-2/type/+/id/p-001/evt/+/fmt/json", 1));

        await device.PublishAsync(Event, "one", qos: 2);
        Assert.Equal(MqttQualityOfServiceLevel.ExactlyOnce, (await application.ReceiveAsync(LongEvent, "one")).QualityOfServiceLevel);
        await application.ExpectNothingAsync();
    }

    [Fact]
    public async Task After_unsubscribing_nothing_comes_any_more()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.SubscribeAsync((AllEvents, 1));
        await device.PublishAsync(Event, "before", qos: 1);
        await application.ReceiveAsync(LongEvent, "before");

        application.Link.Send(new MqttUnsubscribePacket { PacketIdentifier = 77, TopicFilters = [AllEvents, "iot-2/app/+/mon", "#"] });
        var unsubAck = await application.ExpectAsync<MqttUnsubAckPacket>();
        Assert.Equal(
            [MqttUnsubscribeReasonCode.Success, MqttUnsubscribeReasonCode.NoSubscriptionExisted, MqttUnsubscribeReasonCode.TopicFilterInvalid],
            unsubAck.ReasonCodes);

        await device.PublishAsync(Event, "after", qos: 1);
        await application.ExpectNothingAsync();
    }

    [Fact]
    public async Task Organizations_do_not_see_each_other()
    {
        var elsewhere = Emulator.CreateApiKey("other1");
        var stranger = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, RawClient.ConnectPacket(elsewhere, "dash")));
        await stranger.SubscribeAsync((AllEvents, 1));
        var device = await DeviceAsync(MqttVersion.V311);
        await device.PublishAsync(Event, "mine", qos: 1);
        await stranger.ExpectNothingAsync();
    }

    [Fact]
    public async Task An_application_receives_what_it_publishes_itself()
    {
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.SubscribeAsync((AllEvents, 1));
        application.Publish(LongEvent, "own");
        await application.ReceiveAsync(LongEvent, "own");
    }

    [Fact]
    public async Task With_NoLocal_an_application_does_not_receive_what_it_publishes_itself()
    {
        var application = await ApplicationAsync(MqttVersion.V5);
        application.Link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 5,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents, NoLocal = true }],
        });
        await application.ExpectAsync<MqttSubAckPacket>();
        application.Publish(LongEvent, "own");
        await application.ExpectNothingAsync();
    }

    private IoTF.Emulator.EmulatorConnection ConnectionOf(string clientId) => Assert.Single(Emulator.Connections, connection => connection.ClientId == clientId);
}
