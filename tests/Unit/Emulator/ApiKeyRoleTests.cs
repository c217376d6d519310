using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>The table of protocol.md §3.4: a permission that is missing has the same result as a wrong topic.</summary>
public sealed class ApiKeyRoleTests : EmulatorTest
{
    private const string AllLongCommands = "iot-2/type/+/id/+/cmd/+/fmt/+";

    [Theory]
    [InlineData(ApiKeyRole.StandardApplication, true, true, true, true)]
    [InlineData(ApiKeyRole.OperationsApplication, false, true, true, false)]
    [InlineData(ApiKeyRole.BackendTrustedApplication, true, true, true, true)]
    [InlineData(ApiKeyRole.DataProcessorApplication, false, true, true, false)]
    [InlineData(ApiKeyRole.VisualizationApplication, false, true, false, false)]
    [InlineData(ApiKeyRole.DeviceApplication, true, true, false, true)]
    public async Task A_role_allows_what_its_row_says(ApiKeyRole role, bool sendsEvents, bool receivesEvents, bool sendsCommands, bool receivesCommands)
    {
        var key = Emulator.CreateApiKey(role: role);
        var application = await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket(key, "limited"));

        var granted = (await application.SubscribeAsync((AllEvents, 0), (AllLongCommands, 0), ("iot-2/type/+/id/+/mon", 0), ("iot-2/app/+/mon", 0))).ReasonCodes;
        Assert.Equal([receivesEvents, receivesCommands, true, true], granted.Select(code => code == MqttSubscribeReasonCode.GrantedQoS0));

        // Its own status is the first that matches; what follows is what it published itself.
        await application.ReceiveAsync("iot-2/app/limited/mon");
        foreach (var (topic, sends, receives) in new[] { (LongEvent, sendsEvents, receivesEvents), (LongCommand, sendsCommands, receivesCommands) })
        {
            var id = application.Publish(topic, "{}", qos: 1);
            if (sends && receives)
            {
                await application.ReceiveAsync(topic);
            }

            var pubAck = await application.ExpectAsync<MqttPubAckPacket>();
            Assert.Equal((id, sends ? MqttPubAckReasonCode.Success : MqttPubAckReasonCode.TopicNameInvalid), (pubAck.PacketIdentifier, pubAck.ReasonCode));
        }
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task In_the_older_versions_a_missing_permission_closes_the_connection(MqttVersion version)
    {
        var key = Emulator.CreateApiKey(role: ApiKeyRole.VisualizationApplication);
        var sender = await ConnectAsync(version, RawClient.ConnectPacket(key, "sender"));
        sender.Publish(LongCommand, qos: 1);
        await sender.ExpectCloseAsync();
        var watcher = await ConnectAsync(version, RawClient.ConnectPacket(key, "watcher"));
        watcher.Subscribe(AllLongCommands);
        await watcher.ExpectCloseAsync();
        Assert.Equal([276, 276], Emulator.Refusals.Select(refusal => refusal.CloseCode));
    }
}
