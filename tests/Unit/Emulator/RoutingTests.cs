using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class RoutingTests : EmulatorTest
{
    public static TheoryData<MqttVersion, int, bool> VersionsAndQos()
    {
        var data = new TheoryData<MqttVersion, int, bool>();
        foreach (var version in new[] { MqttVersion.V31, MqttVersion.V311, MqttVersion.V5 })
        {
            for (var qos = 0; qos <= 2; qos++)
            {
                data.Add(version, qos, true);
                data.Add(version, qos, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(VersionsAndQos))]
    public async Task An_event_reaches_the_application_and_a_command_the_device(MqttVersion version, int qos, bool plain)
    {
        var device = await DeviceAsync(version, plain);
        var application = await ApplicationAsync(version, plain: plain);
        Assert.Equal((MqttSubscribeReasonCode)qos, Assert.Single((await application.SubscribeAsync((AllEvents, qos))).ReasonCodes));
        await device.SubscribeAsync((AllCommands, qos));

        await device.PublishAsync(Event, """{"t":21.5}""", qos);
        var received = await application.ReceiveAsync(LongEvent, """{"t":21.5}""");
        Assert.Equal(qos, (int)received.QualityOfServiceLevel);

        await application.PublishAsync(LongCommand, """{"delay":3}""", qos);
        await device.ReceiveAsync(Command, """{"delay":3}""");
    }

    [Fact]
    [Vector("T27")]
    public async Task T27_a_gateway_sees_the_command_in_the_long_form_and_the_device_in_the_short_one()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        var gateway = await GatewayAsync(MqttVersion.V311);
        var application = await ApplicationAsync(MqttVersion.V311);
        await device.SubscribeAsync((AllCommands, 0));
        await gateway.SubscribeAsync(("iot-2/type/+/id/+/cmd/+/fmt/+", 0));

        application.Publish(LongCommand, "now");

        await device.ExpectPublishAsync(Command, "now");
        await gateway.ExpectPublishAsync(LongCommand, "now");
    }
}
