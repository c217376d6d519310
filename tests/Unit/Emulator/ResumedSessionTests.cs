using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A persistent session belongs to a ClientId. Who comes back to it may have another key than who left it, and gets what that key allows.</summary>
public sealed class ResumedSessionTests : EmulatorTest
{
    private const string AllLongCommands = "iot-2/type/+/id/+/cmd/+/fmt/+";
    private const string InsideEvent = "iot-2/type/pump/id/inside/evt/status/fmt/json";
    private const string InsideCommand = "iot-2/type/pump/id/inside/cmd/reboot/fmt/json";

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task What_waits_and_what_is_in_flight_is_judged_by_the_key_that_resumes(MqttVersion version)
    {
        Emulator.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var first = await KeepAsync(RawClient.ConnectAsync(Emulator, version, Persistent(Application, version)));
        await first.SubscribeAsync((AllEvents, 2), (AllLongCommands, 1));
        var publisher = await ApplicationAsync(version, "publisher");

        // In flight: nothing of it is acknowledged.
        await publisher.PublishAsync(LongEvent, "outside, in flight", qos: 1);
        await publisher.PublishAsync(LongEvent, "outside, in flight, twice", qos: 2);
        await publisher.PublishAsync(LongCommand, "a command in flight", qos: 1);
        await publisher.PublishAsync(InsideEvent, "inside, in flight", qos: 1);
        var outsideId = (await first.ExpectPublishAsync(LongEvent, "outside, in flight")).PacketIdentifier;
        var twice = await first.ExpectPublishAsync(LongEvent, "outside, in flight, twice");
        await first.ExpectPublishAsync(LongCommand, "a command in flight");
        await first.ExpectPublishAsync(InsideEvent, "inside, in flight");
        first.Link.Send(new MqttDisconnectPacket());
        await first.ExpectCloseAsync();

        // Waiting.
        await publisher.PublishAsync(LongEvent, "outside, waiting", qos: 1);
        await publisher.PublishAsync(LongCommand, "a command, waiting", qos: 1);
        await publisher.PublishAsync(InsideCommand, "a command inside, waiting", qos: 1);
        await publisher.PublishAsync(InsideEvent, "inside, waiting", qos: 1);

        var limited = Emulator.CreateApiKey(role: ApiKeyRole.VisualizationApplication, resourceGroup: "hall1");
        var back = await KeepAsync(RawClient.ConnectAsync(Emulator, version, Persistent(limited, version), sessionPresent: version == MqttVersion.V31 ? null : true));

        // The id of a QoS 2 message that the client may have is released, so that it does not hold it forever.
        var first1 = await back.ExpectAsync<MqttPubRelPacket>();
        Assert.Equal(twice.PacketIdentifier, first1.PacketIdentifier);
        back.Link.PubComp(first1.PacketIdentifier, reasonCode: 0);
        await back.ReceiveAsync(InsideEvent, "inside, in flight");
        await back.ReceiveAsync(InsideEvent, "inside, waiting");
        await publisher.PublishAsync(InsideCommand, "a command from now on", qos: 1);
        await publisher.PublishAsync(InsideEvent, "from now on", qos: 1);
        await back.ReceiveAsync(InsideEvent, "from now on");
        await back.ExpectNothingAsync();
        Assert.NotEqual(0, outsideId);
        Assert.Equal([AllEvents], Assert.Single(Emulator.Sessions, static session => session.ClientId == "a:abc123:dash").Subscriptions);
        var refusal = Assert.Single(Emulator.Refusals);
        Assert.Equal((276, "a:abc123:dash"), (refusal.CloseCode, refusal.ClientId));
        Assert.Contains(AllLongCommands, refusal.Reason);
    }

    [Fact]
    public async Task What_a_member_may_not_have_any_more_goes_to_the_others()
    {
        Emulator.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var first = await MemberAsync(Application, "i1", persistent: true);
        await first.SubscribeAsync((AllEvents, 1));
        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher");
        await publisher.PublishAsync(LongEvent, "outside", qos: 1);
        await first.ExpectPublishAsync(LongEvent, "outside");
        var other = await MemberAsync(Application, "i2");
        await other.SubscribeAsync((AllEvents, 1));
        first.Link.Send(new MqttDisconnectPacket());
        await first.ExpectCloseAsync();

        var back = await MemberAsync(Emulator.CreateApiKey(resourceGroup: "hall1"), "i1", persistent: true);
        await other.ReceiveAsync(LongEvent, "outside");
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_gateway_that_is_put_into_a_group_gets_the_commands_of_the_group()
    {
        Emulator.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var packet = RawClient.ConnectPacket(Gateway, clean: false);
        var gateway = await ConnectAsync(MqttVersion.V311, packet);
        await gateway.SubscribeAsync((AllLongCommands, 1), ("iot-2/type/pump/id/p-001/cmd/+/fmt/+", 1));
        gateway.Link.Send(new MqttDisconnectPacket());
        await gateway.ExpectCloseAsync();
        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher");
        await publisher.PublishAsync(LongCommand, "outside", qos: 1);
        await publisher.PublishAsync(InsideCommand, "inside", qos: 1);

        var inGroup = Emulator.RegisterGateway(organization: null, "gwt", "gw1", replace: true, resourceGroup: "hall1");
        var back = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, RawClient.ConnectPacket(inGroup, clean: false), sessionPresent: true));
        await back.ReceiveAsync(InsideCommand, "inside");
        await back.ExpectNothingAsync();
        Assert.Equal([AllLongCommands], Assert.Single(Emulator.Sessions, static session => session.ClientId == "g:abc123:gwt:gw1").Subscriptions);
    }

    [Fact]
    public async Task Who_comes_back_with_the_same_key_misses_nothing()
    {
        var first = await ConnectAsync(MqttVersion.V311, Persistent(Application, MqttVersion.V311));
        await first.SubscribeAsync((AllEvents, 1), (AllLongCommands, 1), ("iot-2/type/+/id/+/mon", 0), ("iot-2/app/other/mon", 0));
        first.Link.Send(new MqttDisconnectPacket());
        await first.ExpectCloseAsync();
        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher");
        await publisher.PublishAsync(LongEvent, "an event", qos: 1);
        await publisher.PublishAsync("iot-2/type/new/id/unknown/cmd/c/fmt/f", "a command", qos: 1);
        var back = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, Persistent(Application, MqttVersion.V311), sessionPresent: true));
        await back.ReceiveAsync(LongEvent, "an event");
        await back.ReceiveAsync("iot-2/type/new/id/unknown/cmd/c/fmt/f", "a command");
        Assert.Equal(4, Assert.Single(Emulator.Sessions, static session => session.ClientId == "a:abc123:dash").Subscriptions.Count);
    }

    private static MqttConnectPacket Persistent(IoTF.Emulator.Registry.EmulatorCredential key, MqttVersion version) =>
        RawClient.ConnectPacket(key, "dash", clean: false, expiry: version == MqttVersion.V5 ? 3_600u : 0u);

    private Task<RawClient> MemberAsync(IoTF.Emulator.Registry.EmulatorCredential key, string instanceId, bool persistent = false) =>
        ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket($"A:abc123:worker:{instanceId}", key.UserName, key.Token, clean: !persistent));
}
