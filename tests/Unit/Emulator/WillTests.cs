using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using IoTF.Tests.Unit.Vectors;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Last wills (protocol.md §2.6): checked when the client connects, published when it goes without a word.</summary>
public sealed class WillTests : EmulatorTest
{
    private const string Will = "iot-2/evt/lost/fmt/json";
    private const string LongWill = "iot-2/type/pump/id/p-001/evt/lost/fmt/json";

    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("X13")]
    public async Task The_will_of_a_device_is_delivered_when_its_connection_breaks(MqttVersion version)
    {
        var application = await WatcherAsync(version);
        var device = await ConnectAsync(version, WithWill(qos: 2));
        await device.DisposeAsync();

        var will = await application.ReceiveAsync(LongWill, "gone");
        Assert.Equal((MqttQualityOfServiceLevel.ExactlyOnce, false), (will.QualityOfServiceLevel, will.Retain));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_says_goodbye_takes_its_will_along(MqttVersion version)
    {
        var application = await WatcherAsync(version);
        var device = await ConnectAsync(version, WithWill());
        device.Link.Send(new MqttDisconnectPacket());
        await device.ExpectCloseAsync();
        await application.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_that_is_closed_for_what_it_did_leaves_its_will(MqttVersion version)
    {
        var application = await WatcherAsync(version);
        var device = await ConnectAsync(version, WithWill());
        device.Publish("iot-2/bad");
        await application.ReceiveAsync(LongWill, "gone");
    }

    [Fact]
    public async Task A_client_whose_ClientId_is_taken_over_leaves_its_will()
    {
        var application = await WatcherAsync(MqttVersion.V311);
        await ConnectAsync(MqttVersion.V311, WithWill());
        await DeviceAsync(MqttVersion.V311);
        await application.ReceiveAsync(LongWill, "gone");
    }

    [Fact]
    public async Task In_MQTT_5_a_goodbye_can_ask_for_the_will()
    {
        var application = await WatcherAsync(MqttVersion.V5);
        var device = await ConnectAsync(MqttVersion.V5, WithWill());
        device.Link.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.DisconnectWithWillMessage });
        await application.ReceiveAsync(LongWill, "gone");
    }

    [Theory]
    [InlineData(MqttVersion.V31, "foo/bar")]
    [InlineData(MqttVersion.V311, "foo/bar")]
    [InlineData(MqttVersion.V5, "foo/bar")]
    [InlineData(MqttVersion.V311, "iot-2/cmd/reboot/fmt/json")]
    [InlineData(MqttVersion.V311, "iot-2/evt/+/fmt/json")]
    [Vector("X14")]
    public async Task A_will_for_a_topic_that_the_client_may_not_use_is_closed_without_an_answer_before_MQTT_5(MqttVersion version, string topic) =>
        await ExpectRefusedAsync(version, WithWill(topic: topic), code: null, closeCode: 276, MqttConnectReasonCode.TopicNameInvalid);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task QoS_and_retain_of_a_will_are_lowered_silently(MqttVersion version)
    {
        Emulator.ConfigureOrganization(null, options => options with { MaximumQoS = QualityOfService.AtLeastOnce });
        var application = await WatcherAsync(version);
        var device = await ConnectAsync(version, WithWill(qos: 2, retain: true));
        await device.DisposeAsync();
        var will = await application.ReceiveAsync(LongWill, "gone");
        Assert.Equal((MqttQualityOfServiceLevel.AtLeastOnce, false), (will.QualityOfServiceLevel, will.Retain));

        var late = await ApplicationAsync(version, "late");
        await late.SubscribeAsync((AllEvents, 1));
        await late.ExpectNothingAsync();
    }

    [Fact]
    public async Task In_MQTT_5_a_will_that_is_not_the_UTF_8_it_claims_to_be_is_refused()
    {
        var packet = WithWill();
        packet.WillMessage = [0xC3, 0x28];
        packet.WillPayloadFormatIndicator = MqttPayloadFormatIndicator.CharacterData;
        await ExpectRefusedAsync(MqttVersion.V5, packet, code: null, closeCode: 105, MqttConnectReasonCode.PayloadFormatInvalid);
    }

    [Fact]
    public async Task A_will_for_a_device_out_of_reach_is_dropped_and_the_gateway_is_let_in()
    {
        var standard = Emulator.RegisterGateway(organization: null, "gwt", "gw2", role: GatewayRole.Standard);
        var application = await WatcherAsync(MqttVersion.V311);
        var packet = RawClient.ConnectPacket(standard);
        AddWill(packet, "iot-2/type/sensor/id/s-1/evt/lost/fmt/json", qos: 1, retain: false);
        var gateway = await ConnectAsync(MqttVersion.V311, packet);
        Assert.Equal(180, Assert.Single(Emulator.Refusals).CloseCode);
        await gateway.DisposeAsync();

        await (await DeviceAsync(MqttVersion.V311)).PublishAsync(Event, "next", qos: 1);
        await application.ReceiveAsync(LongEvent, "next");
    }

    [Fact]
    public async Task In_MQTT_5_a_will_waits_for_its_delay_and_says_what_its_client_said_about_it()
    {
        var application = await WatcherAsync(MqttVersion.V5);
        await LoseAsync(WithWill(delay: 10, expiry: 100));
        _clock.Advance(TimeSpan.FromSeconds(9));
        await application.ExpectNothingAsync();
        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal("application/json", (await application.ReceiveAsync(LongWill, "gone")).ContentType);
    }

    [Fact]
    public async Task In_MQTT_5_a_will_does_not_wait_longer_than_its_session()
    {
        var application = await WatcherAsync(MqttVersion.V5);
        await LoseAsync(WithWill(delay: 1_000, expiry: 10));
        _clock.Advance(TimeSpan.FromSeconds(11));
        await application.ReceiveAsync(LongWill, "gone");
        await LoseAsync(WithWill(delay: 1_000));
        await application.ReceiveAsync(LongWill, "gone");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task In_MQTT_5_a_client_that_comes_back_in_time_has_its_will_called_off_unless_it_starts_anew(bool anew)
    {
        var application = await WatcherAsync(MqttVersion.V5);
        await LoseAsync(WithWill(delay: 10, expiry: 100));
        await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket(Device, clean: anew, expiry: 100));
        if (anew)
        {
            await application.ReceiveAsync(LongWill, "gone");
        }

        _clock.Advance(TimeSpan.FromSeconds(20));
        await application.ExpectNothingAsync();
    }

    private async Task<RawClient> WatcherAsync(MqttVersion version)
    {
        var application = await ApplicationAsync(version);
        await application.SubscribeAsync((AllEvents, 2));
        return application;
    }

    /// <summary>Connects and breaks the connection; ends when the service has said that the client is gone.</summary>
    private async Task LoseAsync(MqttConnectPacket packet)
    {
        var watcher = await ApplicationAsync(MqttVersion.V5, "status");
        var device = await ConnectAsync(MqttVersion.V5, packet);
        await watcher.SubscribeAsync(("iot-2/type/pump/id/p-001/mon", 0));
        await watcher.ReceiveAsync("iot-2/type/pump/id/p-001/mon");
        await device.DisposeAsync();
        await watcher.ReceiveAsync("iot-2/type/pump/id/p-001/mon");
    }

    private MqttConnectPacket WithWill(string topic = Will, int qos = 1, bool retain = false, uint delay = 0, uint expiry = 0)
    {
        var packet = RawClient.ConnectPacket(Device, clean: expiry == 0, expiry: expiry);
        AddWill(packet, topic, qos, retain);
        packet.WillDelayInterval = delay;
        packet.WillContentType = "application/json";
        return packet;
    }

    private static void AddWill(MqttConnectPacket packet, string topic, int qos, bool retain)
    {
        packet.WillFlag = true;
        packet.WillTopic = topic;
        packet.WillMessage = "gone"u8.ToArray();
        packet.WillQoS = (MqttQualityOfServiceLevel)qos;
        packet.WillRetain = retain;
    }
}
