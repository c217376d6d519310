using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What an organization allows (protocol.md §2.6, §3.3), quickstart among them (§9).</summary>
public sealed class OrganizationTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Publishing_above_the_highest_QoS_closes_the_connection_with_291(MqttVersion version)
    {
        Configure(options => options with { MaximumQoS = QualityOfService.AtLeastOnce });
        var device = await DeviceAsync(version);
        await device.PublishAsync(Event, "{}", qos: 1);
        device.Publish(Event, "{}", qos: 2);
        await ExpectEndAsync(device, version, MqttDisconnectReasonCode.QoSNotSupported, 291);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_QoS_of_a_subscription_is_lowered_silently(MqttVersion version)
    {
        Configure(options => options with { MaximumQoS = QualityOfService.AtLeastOnce });
        var application = await ApplicationAsync(version);
        Assert.Equal([MqttSubscribeReasonCode.GrantedQoS1], (await application.SubscribeAsync((AllEvents, 2))).ReasonCodes);
        await application.ExpectNothingAsync();
    }

    [Fact]
    public async Task MQTT_5_is_told_the_highest_QoS()
    {
        Configure(options => options with { MaximumQoS = QualityOfService.AtMostOnce });
        var client = await OpenAsync(MqttVersion.V5);
        client.Link.Send(RawClient.ConnectPacket(Device));
        Assert.Equal(MqttQualityOfServiceLevel.AtMostOnce, (await client.ExpectAsync<MqttConnAckPacket>()).MaximumQoS);
    }

    [Theory]
    [InlineData(1_000, 1_000, true)]
    [InlineData(1_000, 1_001, false)]
    [InlineData(2_000_000, 1_999_999, true)]
    public async Task The_largest_payload_is_a_setting_of_the_organization(int maximum, int size, bool isDelivered)
    {
        Configure(options => options with { MaximumPayload = maximum });
        var device = await DeviceAsync(MqttVersion.V311);
        device.Publish(Event, new byte[size], qos: 1);
        if (isDelivered)
        {
            await device.ExpectAsync<MqttPubAckPacket>();
        }
        else
        {
            await ExpectEndAsync(device, MqttVersion.V311, default, 287);
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Plain_text_is_answered_with_5_where_TLS_is_demanded(MqttVersion version)
    {
        Configure(options => options with { AllowInsecure = false });
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(Device), code: 5, closeCode: 180, plain: true);
        await DeviceAsync(version);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_persistent_session_is_answered_with_5_where_there_are_none(MqttVersion version)
    {
        Configure(options => options with { AllowPersistent = false });
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(Device, clean: false), code: 5, closeCode: 180);
        await DeviceAsync(version);
    }

    [Fact]
    public async Task MQTT_5_gets_no_expiry_where_there_are_no_persistent_sessions()
    {
        Configure(options => options with { AllowPersistent = false });
        var client = await OpenAsync(MqttVersion.V5);
        client.Link.Send(RawClient.ConnectPacket(Device, clean: true, expiry: 3_600));
        Assert.Equal(0u, (await client.ExpectAsync<MqttConnAckPacket>()).SessionExpiryInterval);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task One_connection_more_than_allowed_is_closed_with_173(MqttVersion version)
    {
        Configure(options => options with { MaximumConnections = 1 });
        var application = await ApplicationAsync(version);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(Device), code: null, closeCode: 173, MqttConnectReasonCode.QuotaExceeded);

        application.Link.Send(new MqttDisconnectPacket());
        await application.ExpectCloseAsync();
        await DeviceAsync(version);
    }

    [Fact]
    public async Task MQTT_5_keeps_the_retain_flag_where_a_subscription_asks_for_it()
    {
        Configure(options => options with { AllowRetain = true });
        var application = await ApplicationAsync(MqttVersion.V5);
        application.Link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 1,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents, RetainAsPublished = true }],
        });
        await application.ExpectAsync<MqttSubAckPacket>();
        var plain = await ApplicationAsync(MqttVersion.V5, "plain");
        await plain.SubscribeAsync((AllEvents, 0));
        var member = await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket("A:abc123:worker", Application.UserName, Application.Token));
        member.Link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 1,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents, RetainAsPublished = true }],
        });
        await member.ExpectAsync<MqttSubAckPacket>();
        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish(Event, "kept", qos: 0, retain: true);
        device.Publish(Event, "not kept", qos: 0);
        Assert.True((await application.ExpectPublishAsync(LongEvent, "kept")).Retain);
        Assert.False((await application.ExpectPublishAsync(LongEvent, "not kept")).Retain);
        Assert.True((await member.ExpectPublishAsync(LongEvent, "kept")).Retain);
        Assert.False((await plain.ExpectPublishAsync(LongEvent, "kept")).Retain);
    }

    [Fact]
    public async Task Where_retaining_is_not_allowed_nobody_sees_the_flag()
    {
        var application = await ApplicationAsync(MqttVersion.V5);
        application.Link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 1,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents, RetainAsPublished = true }],
        });
        await application.ExpectAsync<MqttSubAckPacket>();
        (await DeviceAsync(MqttVersion.V5)).Publish(Event, "cleared", qos: 0, retain: true);
        Assert.False((await application.ExpectPublishAsync(LongEvent, "cleared")).Retain);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Where_it_is_allowed_a_message_is_retained_replaced_and_cleared(MqttVersion version)
    {
        Configure(options => options with { AllowRetain = true });
        var device = await DeviceAsync(version);
        var early = await ApplicationAsync(version, "early");
        await early.SubscribeAsync((AllEvents, 1));
        foreach (var payload in new[] { "first", "second" })
        {
            device.Publish(Event, payload, qos: 1, retain: true);
            await device.ExpectAsync<MqttPubAckPacket>();
            Assert.False((await early.ReceiveAsync(LongEvent, payload)).Retain);
        }

        var late = await ApplicationAsync(version, "late");
        await late.SubscribeAsync((LongEvent, 2));
        var retained = await late.ReceiveAsync(LongEvent, "second");
        Assert.True(retained.Retain);
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, retained.QualityOfServiceLevel);

        device.Publish(Event, "", qos: 1, retain: true);
        await device.ExpectAsync<MqttPubAckPacket>();
        var last = await ApplicationAsync(version, "last");
        await last.SubscribeAsync((AllEvents, 1));
        await last.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttRetainHandling.SendAtSubscribe, 2)]
    [InlineData(MqttRetainHandling.SendAtSubscribeIfNewSubscriptionOnly, 1)]
    [InlineData(MqttRetainHandling.DoNotSendOnSubscribe, 0)]
    public async Task In_MQTT_5_a_subscriber_chooses_what_it_gets_of_what_was_retained(MqttRetainHandling handling, int copies)
    {
        Configure(options => options with { AllowRetain = true });
        var device = await DeviceAsync(MqttVersion.V5);
        device.Publish(Event, "kept", qos: 1, retain: true);
        await device.ExpectAsync<MqttPubAckPacket>();

        var application = await ApplicationAsync(MqttVersion.V5);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            application.Link.Send(new MqttSubscribePacket
            {
                PacketIdentifier = application.NextId(),
                TopicFilters = [new MqttTopicFilter { Topic = AllEvents, RetainHandling = handling }],
            });
            await application.ExpectAsync<MqttSubAckPacket>();
            if (attempt <= copies)
            {
                await application.ReceiveAsync(LongEvent, "kept");
            }

            await application.ExpectNothingAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Quickstart_carries_events_of_devices_without_credentials_to_those_who_name_them(MqttVersion version)
    {
        var device = await QuickstartAsync(version, "d:quickstart:pump:p-001");
        var application = await QuickstartAsync(version, "a:quickstart:dash");
        await application.SubscribeAsync(("iot-2/type/+/id/p-001/evt/+/fmt/+", 0));
        device.Publish(Event, """{"d":1}""");
        await application.ReceiveAsync(LongEvent, """{"d":1}""");
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Quickstart_refuses_users_persistent_sessions_and_TLS(MqttVersion version)
    {
        const string ClientId = "d:quickstart:pump:p-001";
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(ClientId, Device.UserName, Device.Token), code: 5, closeCode: 180, plain: true);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(ClientId, null, null, clean: false), code: 5, closeCode: 180, plain: true);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(ClientId, null, null), code: 5, closeCode: 180);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket("g:quickstart:t:g", null, null), code: 5, closeCode: 180, plain: true);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket("A:quickstart:app", null, null), code: 5, closeCode: 180, plain: true);
    }

    [Fact]
    public void Quickstart_keeps_its_rules_and_takes_a_highest_QoS()
    {
        foreach (Func<OrganizationOptions, OrganizationOptions> change in new Func<OrganizationOptions, OrganizationOptions>[]
        {
            options => options with { AllowInsecure = false },
            options => options with { AllowPersistent = true },
            options => options with { AllowRetain = true },
        })
        {
            var fault = Assert.Throws<EmulatorException>(() => Emulator.ConfigureOrganization("quickstart", change));
            Assert.Equal(EmulatorErrorId.QuickstartRulesAreFixed, fault.ErrorId);
        }

        Assert.Equal(
            QualityOfService.AtMostOnce,
            Emulator.ConfigureOrganization("quickstart", options => options with { MaximumQoS = QualityOfService.AtMostOnce }).Options.MaximumQoS);
    }

    [Fact]
    public void Organizations_are_listed_with_what_is_in_them()
    {
        Emulator.ConfigureOrganization("other1", options => options with { MaximumConnections = 7 });
        Assert.Equal(["abc123", "other1", "quickstart"], Emulator.Organizations.Select(organization => organization.Name));
        var own = Emulator.Organizations[0];
        Assert.Equal((1, 1, 1, 0), (own.Devices, own.Gateways, own.ApiKeys, own.Connections));
        Assert.Equal(["gwt", "pump"], own.DeviceTypes);
        Assert.Equal(7, Emulator.Organizations[1].Options.MaximumConnections);
    }

    [Fact]
    public void What_is_out_of_range_is_refused_and_changes_nothing()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.ConfigureOrganization(null, options => options with { MaximumPayload = 0 }));
        Assert.Throws<RuleException>(() => Emulator.ConfigureOrganization("no_good", options => options));
        Assert.Equal(131_072, Emulator.Organizations[0].Options.MaximumPayload);
    }

    private void Configure(Func<OrganizationOptions, OrganizationOptions> change) => Emulator.ConfigureOrganization(organization: null, change);

    private async Task ExpectEndAsync(RawClient client, MqttVersion version, MqttDisconnectReasonCode reasonCode, int closeCode)
    {
        if (version == MqttVersion.V5)
        {
            await client.ExpectDisconnectAsync(reasonCode);
        }
        else
        {
            await client.ExpectCloseAsync();
        }

        Assert.Equal(closeCode, Emulator.Refusals[^1].CloseCode);
    }
}
