using System.Text.Json;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Protocol.Authorization;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What a local service that is kept in a file knows of rules after a restart: settings, roles, resource groups, and what is retained.</summary>
public sealed class KeptRulesTests : StateFileTest
{
    [Fact]
    public async Task What_was_set_for_an_organization_comes_back_and_the_rest_follows_the_start()
    {
        var first = await StartAsync(offerPlainText: false);
        var device = first.RegisterDevice(organization: null, "pump", "p-001");
        first.ConfigureOrganization(null, options => options with { MaximumPayload = 1_000_000, MaximumQoS = QualityOfService.AtLeastOnce, MaximumConnections = 7 });
        first.ConfigureOrganization("quickstart", options => options with { MaximumConnections = 3 });

        var second = await RestartAsync();
        Assert.Equal(
            new OrganizationOptions { MaximumPayload = 1_000_000, MaximumQoS = QualityOfService.AtLeastOnce, MaximumConnections = 7, AllowInsecure = true },
            Assert.Single(second.Organizations, organization => organization.Name == "local1").Options);
        Assert.Equal(
            new OrganizationOptions { MaximumConnections = 3, AllowInsecure = true, AllowPersistent = false },
            Assert.Single(second.Organizations, organization => organization.Name == "quickstart").Options);

        // Far more than the service takes elsewhere: the connection itself has to let it pass, too.
        var client = await ConnectAsync(RawClient.ConnectPacket(device), MqttVersion.V311, present: false);
        await client.PublishAsync(Event, new string('x', 900_000), qos: 1);
    }

    [Fact]
    public async Task A_gateway_keeps_its_role_and_the_devices_it_registered()
    {
        var gateway = (await StartAsync()).RegisterGateway(organization: null, "gwt", "gw1", role: GatewayRole.Privileged);
        var standard = Emulator.RegisterGateway(organization: null, "gwt", "gw2", role: GatewayRole.Standard);
        var client = await ConnectAsync(RawClient.ConnectPacket(gateway), MqttVersion.V5, present: false);
        await client.PublishAsync("iot-2/type/pump/id/first/evt/status/fmt/json", "{}", qos: 1);

        var second = await RestartAsync();
        Assert.Equal((1, 2), (second.Organizations[0].Devices, second.Organizations[0].Gateways));
        var back = await ConnectAsync(RawClient.ConnectPacket(gateway), MqttVersion.V5, present: false);
        await back.PublishAsync("iot-2/type/pump/id/second/evt/status/fmt/json", "{}", qos: 1);
        Assert.Equal(2, second.Organizations[0].Devices);

        var other = await ConnectAsync(RawClient.ConnectPacket(standard), MqttVersion.V5, present: false);
        await other.PublishAsync("iot-2/type/pump/id/first/evt/status/fmt/json", "{}", qos: 1);
        other.Publish("iot-2/type/pump/id/third/evt/status/fmt/json", qos: 1);
        Assert.Equal(MqttPubAckReasonCode.NotAuthorized, (await other.ExpectAsync<MqttPubAckPacket>()).ReasonCode);
        Assert.Equal(2, second.Organizations[0].Devices);
    }

    [Fact]
    public async Task An_API_key_keeps_its_role_and_a_session_its_resource_group_before_its_client_returns()
    {
        var first = await StartAsync();
        var inside = first.RegisterDevice(organization: null, "pump", "inside", resourceGroup: "hall1");
        var outside = first.RegisterDevice(organization: null, "pump", "outside");
        var key = first.CreateApiKey(role: ApiKeyRole.VisualizationApplication, resourceGroup: "hall1");
        var application = await ConnectAsync(RawClient.ConnectPacket(key, "dash", clean: false, expiry: 3_600), MqttVersion.V5, present: false);
        await application.SubscribeAsync((AllEvents, 1));
        await LeaveAsync(application);

        await RestartAsync();
        foreach (var device in new[] { outside, inside })
        {
            await (await ConnectAsync(RawClient.ConnectPacket(device), MqttVersion.V5, present: false)).PublishAsync(Event, "{}", qos: 1);
        }

        var back = await ConnectAsync(RawClient.ConnectPacket(key, "dash", clean: false, expiry: 3_600), MqttVersion.V5, present: true);
        await back.ReceiveAsync("iot-2/type/pump/id/inside/evt/status/fmt/json");
        back.Publish("iot-2/type/pump/id/inside/cmd/reboot/fmt/json", qos: 1);
        Assert.Equal(MqttPubAckReasonCode.TopicNameInvalid, (await back.ExpectAsync<MqttPubAckPacket>()).ReasonCode);
    }

    [Fact]
    public async Task What_was_retained_comes_back()
    {
        var first = await StartAsync();
        first.ConfigureOrganization(null, options => options with { AllowRetain = true });
        var device = first.RegisterDevice(organization: null, "pump", "p-001");
        var key = first.CreateApiKey();
        var publisher = await ConnectAsync(RawClient.ConnectPacket(device), MqttVersion.V5, present: false);
        publisher.Link.Send(new MqttPublishPacket
        {
            Topic = Event,
            PayloadSegment = "kept"u8.ToArray(),
            QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
            PacketIdentifier = publisher.NextId(),
            Retain = true,
            ContentType = "text/plain",
        });
        await publisher.ExpectAsync<MqttPubAckPacket>();
        var persistent = RawClient.ConnectPacket(key, "dash", clean: false);
        var waiting = await ConnectAsync(persistent, MqttVersion.V311, present: false);
        await waiting.SubscribeAsync((AllEvents, 1));
        Assert.True((await waiting.ExpectPublishAsync(LongEvent, "kept")).Retain);

        await RestartAsync();
        var late = await ConnectAsync(RawClient.ConnectPacket(key, "late"), MqttVersion.V5, present: false);
        await late.SubscribeAsync((AllEvents, 1), ("iot-2/type/+/id/+/mon", 0));
        var retained = await late.ReceiveAsync(LongEvent, "kept");
        Assert.Equal((true, MqttQualityOfServiceLevel.AtLeastOnce, "text/plain"), (retained.Retain, retained.QualityOfServiceLevel, retained.ContentType));
        var status = JsonDocument.Parse(System.Buffers.BuffersExtensions.ToArray((await late.ReceiveAsync("iot-2/type/pump/id/p-001/mon")).Payload)).RootElement;
        Assert.Equal(("Disconnect", 93), (status.GetProperty("Action").GetString(), status.GetProperty("CloseCode").GetInt32()));

        // It had been sent and not acknowledged: it is the same message again.
        var again = await (await ConnectAsync(persistent, MqttVersion.V311, present: true)).ExpectPublishAsync(LongEvent, "kept");
        Assert.Equal((true, true), (again.Retain, again.Dup));
    }

    [Theory]
    [InlineData("""{"maximumQoS":3}""", "[]")]
    [InlineData("""{"maximumPayload":0}""", "[]")]
    [InlineData("{}", """[{"topic":null,"payload":"eA==","qoS":0}]""")]
    [InlineData("{}", """[{"topic":"iot-2/local1/type/pump/id/p/mon","payload":"eA==","qoS":3}]""")]
    public async Task A_file_with_rules_that_cannot_be_is_refused(string options, string retained)
    {
        await File.WriteAllTextAsync(
            StatePath,
            $$"""{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":[{"name":"local1","options":{{options}},"devices":[],"apiKeys":[],"retained":{{retained}}}],"sessions":[],"sharedSubscriptions":[]}""");
        Assert.Equal(EmulatorErrorId.EmulatorFileDamaged, (await Assert.ThrowsAsync<EmulatorException>(() => StartAsync())).ErrorId);
    }

    [Theory]
    [InlineData("""{"allowPersistent":true}""", "[]")]
    [InlineData("""{"allowRetain":true}""", "[]")]
    [InlineData("""{"allowInsecure":false}""", "[]")]
    [InlineData("{}", """[{"deviceType":"pump","deviceId":"p-001","role":"Device"}]""")]
    public async Task A_file_in_which_quickstart_is_something_else_is_refused(string options, string devices)
    {
        await WriteQuickstartAsync(options, devices);
        Assert.Equal(EmulatorErrorId.EmulatorFileDamaged, (await Assert.ThrowsAsync<EmulatorException>(() => StartAsync())).ErrorId);
    }

    [Fact]
    public async Task A_file_in_which_quickstart_has_its_rules_is_read()
    {
        await WriteQuickstartAsync("""{"maximumConnections":3}""", "[]");
        Assert.Equal(3, Assert.Single((await StartAsync()).Organizations, one => one.Name == "quickstart").Options.MaximumConnections);
    }

    [Fact]
    public async Task A_file_with_rules_as_they_are_by_themselves_is_read()
    {
        await File.WriteAllTextAsync(
            StatePath,
            """{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":[{"name":"local1","options":{},"devices":[],"apiKeys":[],"retained":[]}],"sessions":[],"sharedSubscriptions":[]}""");
        Assert.Equal(new OrganizationOptions { AllowInsecure = true }, Assert.Single((await StartAsync()).Organizations, one => one.Name == "local1").Options);
    }

    private Task WriteQuickstartAsync(string options, string devices) => File.WriteAllTextAsync(
        StatePath,
        $$"""{"format":"IoTF emulator state","version":1,"organization":"local1","organizations":[{"name":"quickstart","options":{{options}},"devices":{{devices}},"apiKeys":[],"retained":[]}],"sessions":[],"sharedSubscriptions":[]}""");
}
