using System.Text;
using System.Text.Json;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using IoTF.Tests.Unit.Vectors;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What a gateway may do for its devices, and how it is told what it may not (protocol.md §3.4, §4.6, §4.7).</summary>
public sealed class GatewayTests : EmulatorTest
{
    private const string Notifications = "iot-2/type/gwt/id/gw1/notify";
    private const string NewDeviceEvent = "iot-2/type/sensor/id/s-1/evt/status/fmt/json";
    private const string NewDeviceCommands = "iot-2/type/sensor/id/s-1/cmd/+/fmt/+";

    [Theory]
    [InlineData(MqttVersion.V31, 0)]
    [InlineData(MqttVersion.V31, 1)]
    [InlineData(MqttVersion.V311, 0)]
    [InlineData(MqttVersion.V311, 1)]
    [InlineData(MqttVersion.V311, 2)]
    [InlineData(MqttVersion.V5, 0)]
    [Vector("T21", "X9")]
    public async Task A_wrong_topic_is_acknowledged_dropped_and_notified(MqttVersion version, int qos)
    {
        var gateway = await GatewayAsync(version);
        await gateway.SubscribeAsync((Notifications, 0));
        await PublishRefusedAsync(gateway, "iot-2/evt/s/fmt/json", qos, async () =>
        {
            var notification = await NotificationAsync(gateway);
            Assert.Equal(["Request", "Time", "Topic", "Client", "RC", "Message"], notification.EnumerateObject().Select(field => field.Name));
            Assert.Equal("Publish", notification.GetProperty("Request").GetString());
            Assert.Equal("iot-2/evt/s/fmt/json", notification.GetProperty("Topic").GetString());
            Assert.Equal("g:abc123:gwt:gw1", notification.GetProperty("Client").GetString());
            Assert.Equal(276, notification.GetProperty("RC").GetInt32());
            Assert.Equal("The topic is not valid.", notification.GetProperty("Message").GetString());
            Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", notification.GetProperty("Time").GetString());
        });
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task In_MQTT_5_a_wrong_topic_has_a_negative_acknowledgement_instead_of_a_notification(int qos)
    {
        var gateway = await GatewayAsync(MqttVersion.V5);
        await gateway.SubscribeAsync((Notifications, 0));
        gateway.Publish("iot-2/evt/s/fmt/json", qos: qos);
        await ExpectNegativeAsync(gateway, qos, MqttPubAckReasonCode.TopicNameInvalid);
        await gateway.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V31, MqttSubscribeReasonCode.GrantedQoS0)]
    [InlineData(MqttVersion.V311, MqttSubscribeReasonCode.UnspecifiedError)]
    [InlineData(MqttVersion.V5, MqttSubscribeReasonCode.TopicFilterInvalid)]
    public async Task A_wrong_filter_is_answered_and_notified(MqttVersion version, MqttSubscribeReasonCode expected)
    {
        var gateway = await GatewayAsync(version);
        await gateway.SubscribeAsync((Notifications, 0));
        gateway.Subscribe("iot-2/type/pump/id/p-001/evt/+/fmt/+");
        var notification = await NotificationAsync(gateway);
        Assert.Equal(["Request", "Time", "Topic", "Type", "Id", "Client", "RC", "Message"], notification.EnumerateObject().Select(field => field.Name));
        Assert.Equal(
            ("Subscribe", "pump", "p-001", 276),
            (notification.GetProperty("Request").GetString(), notification.GetProperty("Type").GetString(), notification.GetProperty("Id").GetString(), notification.GetProperty("RC").GetInt32()));
        Assert.Equal([expected], (await gateway.ExpectAsync<MqttSubAckPacket>()).ReasonCodes);
        await gateway.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_privileged_gateway_registers_a_device_with_its_first_event(MqttVersion version)
    {
        var gateway = await GatewayAsync(version);
        var application = await ApplicationAsync(version);
        await application.SubscribeAsync((AllEvents, 1));
        await gateway.PublishAsync(NewDeviceEvent, "first", qos: 1);
        await application.ReceiveAsync(NewDeviceEvent, "first");
        Assert.Equal(2, Emulator.Organizations[0].Devices);
        Assert.Equal(["gwt", "pump", "sensor"], Emulator.Organizations[0].DeviceTypes);
        Assert.Empty(Emulator.Refusals);
    }

    [Fact]
    public async Task A_privileged_gateway_registers_a_device_by_subscribing_for_it_alone()
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        await gateway.SubscribeAsync(("iot-2/type/+/id/s-1/cmd/+/fmt/+", 0), ("iot-2/type/sensor/id/+/cmd/+/fmt/+", 0));
        Assert.Equal(1, Emulator.Organizations[0].Devices);
        await gateway.SubscribeAsync((NewDeviceCommands, 0));
        Assert.Equal(2, Emulator.Organizations[0].Devices);
    }

    [Fact]
    public async Task A_device_that_a_gateway_registered_cannot_connect_until_it_is_given_a_token()
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        await gateway.PublishAsync(NewDeviceEvent, "{}", qos: 1);
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket("d:abc123:sensor:s-1", "use-token-auth", ""), code: 5, closeCode: 180);
        var credential = Emulator.RegisterDevice(organization: null, "sensor", "s-1", replace: true);
        await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(credential));
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task A_standard_gateway_is_acknowledged_and_notified_for_a_device_that_is_not_registered(MqttVersion version)
    {
        var gateway = await ConnectAsync(version, RawClient.ConnectPacket(Register(GatewayRole.Standard)));
        await gateway.SubscribeAsync(("iot-2/type/gwt/id/gw2/notify", 0));
        await PublishRefusedAsync(gateway, NewDeviceEvent, qos: 1, async () => await ExpectNotificationAsync(gateway, "Publish", 180));
        Assert.Equal(1, Emulator.Organizations[0].Devices);
        await gateway.PublishAsync(LongEvent, "{}", qos: 1);
        await gateway.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task In_MQTT_5_a_standard_gateway_is_notified_and_answered_for_a_device_that_is_not_registered(int qos)
    {
        var gateway = await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket(Register(GatewayRole.Standard)));
        await gateway.SubscribeAsync(("iot-2/type/gwt/id/gw2/notify", 0));
        gateway.Publish(NewDeviceEvent, "{}", qos);
        await ExpectNotificationAsync(gateway, "Publish", 180);
        await ExpectNegativeAsync(gateway, qos, MqttPubAckReasonCode.NotAuthorized);
        await gateway.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_standard_gateway_gets_what_it_was_refused_once_the_device_is_registered()
    {
        var gateway = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Register(GatewayRole.Standard)));
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 1));
        await gateway.PublishAsync(NewDeviceEvent, "dropped", qos: 1);
        Assert.Equal([MqttSubscribeReasonCode.UnspecifiedError], (await gateway.SubscribeAsync((NewDeviceCommands, 0))).ReasonCodes);

        Emulator.RegisterDevice(organization: null, "sensor", "s-1");
        await gateway.PublishAsync(NewDeviceEvent, "delivered", qos: 1);
        await application.ReceiveAsync(NewDeviceEvent, "delivered");
        Assert.Equal([MqttSubscribeReasonCode.GrantedQoS0], (await gateway.SubscribeAsync((NewDeviceCommands, 0))).ReasonCodes);
    }

    [Theory]
    [InlineData("a b", "s-1")]
    [InlineData("sensor", "s!1")]
    [InlineData("sensor", "1234567890123456789012345678901234567")]
    public async Task A_name_that_no_device_can_have_is_not_registered(string deviceType, string deviceId)
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        await gateway.SubscribeAsync((Notifications, 0));
        await PublishRefusedAsync(
            gateway, $"iot-2/type/{deviceType}/id/{deviceId}/evt/e/fmt/json", qos: 1, async () => await ExpectNotificationAsync(gateway, "Publish", 177));
        Assert.Equal(1, Emulator.Organizations[0].Devices);
    }

    [Fact]
    public async Task A_gateway_registers_500_devices_and_no_more()
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        for (var i = 0; i < 500; i++)
        {
            gateway.Publish($"iot-2/type/sensor/id/s{i}/evt/e/fmt/json");
        }

        await gateway.ExpectNothingAsync();
        Assert.Empty(Emulator.Refusals);
        await gateway.PublishAsync("iot-2/type/sensor/id/one-more/evt/e/fmt/json", "{}", qos: 1);
        Assert.Equal(177, Assert.Single(Emulator.Refusals).CloseCode);
        Assert.Equal(501, Emulator.Organizations[0].Devices);
    }

    [Fact]
    public async Task A_gateway_with_a_resource_group_acts_for_itself_its_group_and_what_it_registers()
    {
        Emulator.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var gateway = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Register(GatewayRole.Privileged, "hall1")));
        await gateway.SubscribeAsync(("iot-2/type/gwt/id/gw2/notify", 0), ("iot-2/type/+/id/+/cmd/+/fmt/+", 0));
        foreach (var device in new[] { "gwt/id/gw2", "pump/id/inside", "sensor/id/s-1" })
        {
            await gateway.PublishAsync($"iot-2/type/{device}/evt/e/fmt/json", "{}", qos: 1);
        }

        await gateway.ExpectNothingAsync();
        await PublishRefusedAsync(gateway, LongEvent, qos: 1, async () => await ExpectNotificationAsync(gateway, "Publish", 180));

        var application = await ApplicationAsync(MqttVersion.V311);
        await application.PublishAsync(LongCommand, "for another group", qos: 1);
        await application.PublishAsync("iot-2/type/sensor/id/s-1/cmd/reboot/fmt/json", "for ours", qos: 1);
        await gateway.ReceiveAsync("iot-2/type/sensor/id/s-1/cmd/reboot/fmt/json", "for ours");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_application_with_a_resource_group_is_closed_for_a_device_outside_it(MqttVersion version)
    {
        Emulator.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var key = Emulator.CreateApiKey(resourceGroup: "hall1");
        var application = await ConnectAsync(version, RawClient.ConnectPacket(key, "limited"));
        await application.SubscribeAsync((AllEvents, 0));
        await (await DeviceAsync(version)).PublishAsync(Event, "not to be seen", qos: 1);
        application.Publish("iot-2/type/pump/id/inside/evt/e/fmt/json", "to be seen");
        await application.ReceiveAsync("iot-2/type/pump/id/inside/evt/e/fmt/json", "to be seen");

        var second = await ConnectAsync(version, RawClient.ConnectPacket(key, "second"));
        second.Publish(LongCommand, qos: 1);
        await ExpectNotAuthorizedAsync(second, version);
        var third = await ConnectAsync(version, RawClient.ConnectPacket(key, "third"));
        third.Subscribe("iot-2/type/pump/id/p-001/evt/+/fmt/+");
        await ExpectNotAuthorizedAsync(third, version);
    }

    private EmulatorCredential Register(GatewayRole role, string? group = null) =>
        Emulator.RegisterGateway(organization: null, "gwt", "gw2", role: role, resourceGroup: group);

    private async Task ExpectNotAuthorizedAsync(RawClient client, MqttVersion version)
    {
        if (version == MqttVersion.V5)
        {
            await client.ExpectDisconnectAsync(MqttDisconnectReasonCode.NotAuthorized);
        }
        else
        {
            await client.ExpectCloseAsync();
        }

        Assert.Equal(180, Emulator.Refusals[^1].CloseCode);
    }

    /// <summary>Publishes what is refused: the notification comes first, then the acknowledgement as usual.</summary>
    private static async Task PublishRefusedAsync(RawClient gateway, string topic, int qos, Func<Task> expectNotification)
    {
        var id = gateway.Publish(topic, "{}", qos);
        await expectNotification();
        switch (qos)
        {
            case 1:
                Assert.Equal(id, (await gateway.ExpectAsync<MqttPubAckPacket>()).PacketIdentifier);
                break;
            case 2:
                Assert.Equal(id, (await gateway.ExpectAsync<MqttPubRecPacket>()).PacketIdentifier);
                break;
        }

        await gateway.ExpectNothingAsync();
    }

    private static async Task ExpectNegativeAsync(RawClient gateway, int qos, MqttPubAckReasonCode reasonCode)
    {
        switch (qos)
        {
            case 1:
                Assert.Equal(reasonCode, (await gateway.ExpectAsync<MqttPubAckPacket>()).ReasonCode);
                break;
            case 2:
                Assert.Equal((int)reasonCode, (int)(await gateway.ExpectAsync<MqttPubRecPacket>()).ReasonCode);
                break;
        }
    }

    private static async Task ExpectNotificationAsync(RawClient gateway, string request, int code)
    {
        var notification = await NotificationAsync(gateway);
        Assert.Equal((request, code), (notification.GetProperty("Request").GetString(), notification.GetProperty("RC").GetInt32()));
    }

    private static async Task<JsonElement> NotificationAsync(RawClient gateway)
    {
        var publish = await gateway.ExpectAsync<MqttPublishPacket>();
        Assert.EndsWith("/notify", publish.Topic, StringComparison.Ordinal);
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, publish.QualityOfServiceLevel);
        return JsonDocument.Parse(Encoding.UTF8.GetString(publish.Payload)).RootElement;
    }
}
