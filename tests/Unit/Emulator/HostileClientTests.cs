using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Tests that measure the memory of the process, one after the other and beside no others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeasuredAlone
{
    public const string Name = "measured alone";
}

/// <summary>
/// One client tries to fill the memory of the process, on each way that it has. What the emulator keeps for it stays within 256 MiB, and others are
/// still served.
/// </summary>
[Collection(MeasuredAlone.Name)]
public sealed class HostileClientTests : EmulatorTest
{
    private const long Bound = 256L * 1024 * 1024;

    /// <summary>More than the bound, if all of it were kept.</summary>
    private const int Rounds = 2_600;
    private const int Large = 128 * 1024;
    private const string DeviceManagement = "iotdm-1/";

    private readonly long _start = GC.GetTotalMemory(forceFullCollection: true);

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task QoS_2_messages_that_are_never_released(MqttVersion version)
    {
        var client = await ApplicationAsync(version, plain: true);
        var allowed = version == MqttVersion.V5 ? 2_000 : Rounds;
        for (var i = 0; i < allowed; i++)
        {
            client.Publish(LongEvent, new byte[Large], qos: 2);
            await client.ExpectAsync<MqttPubRecPacket>();
        }

        await ExpectWithinBoundAsync();
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Answers_that_are_never_read()
    {
        var client = await DeviceAsync(MqttVersion.V311, plain: true);
        using var bound = new CancellationTokenSource(RawClient.Bound * 4);
        while (client.Link.WriteFault is null && Emulator.Refusals.Count == 0)
        {
            for (var i = 0; i < 10_000; i++)
            {
                client.Link.Send(MqttPingReqPacket.Instance);
            }

            await client.Link.WaitForRoomAsync(bound.Token);
        }

        Assert.Equal(178, Emulator.Refusals[^1].CloseCode);
        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task Who_reads_late_what_fits_the_bound_is_not_closed()
    {
        var client = await DeviceAsync(MqttVersion.V311, plain: true);
        const int Count = 200_000;
        for (var i = 0; i < Count; i++)
        {
            client.Link.Send(MqttPingReqPacket.Instance);
        }

        for (var i = 0; i < Count; i++)
        {
            await client.ExpectAsync<MqttPingRespPacket>();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Filters_of_thousands_of_levels(MqttVersion version)
    {
        for (var i = 0; i < 20; i++)
        {
            var client = await ConnectAsync(version, RawClient.ConnectPacket(Device), plain: true);
            client.Subscribe($"{DeviceManagement}{i}{string.Concat(Enumerable.Repeat("/a", 30_000))}");
            if (version == MqttVersion.V5)
            {
                Assert.Equal([MqttSubscribeReasonCode.TopicFilterInvalid], (await client.ExpectAsync<MqttSubAckPacket>()).ReasonCodes);
            }
            else
            {
                await client.ExpectCloseAsync();
                Assert.Equal(276, Emulator.Refusals[^1].CloseCode);
            }
        }

        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task Filters_of_the_greatest_length()
    {
        var clients = 0;
        for (; clients < 40; clients++)
        {
            var client = await ApplicationAsync(MqttVersion.V311, $"long{clients}", plain: true);
            for (var i = 0; i < 100; i++)
            {
                client.Subscribe($"iot-2/type/+/id/+/evt/{i}{new string('x', 65_000)}/fmt/+");
            }

            if (await ReadAllAsync<MqttSubAckPacket>(client, 100) < 100)
            {
                break;
            }
        }

        Assert.InRange(clients, 0, 39);
        Assert.Equal(154, Emulator.Refusals[^1].CloseCode);
        await ExpectWithinBoundAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Messages_that_are_never_acknowledged(bool awayAgain)
    {
        var packet = RawClient.ConnectPacket(Application, "hoarder", clean: false);
        var hoarder = await ConnectAsync(MqttVersion.V311, packet, plain: true);
        await hoarder.SubscribeAsync((AllEvents, 1));
        if (awayAgain)
        {
            await hoarder.DisposeAsync();
        }

        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher", plain: true);
        using var bound = new CancellationTokenSource(RawClient.Bound * 4);
        var reading = awayAgain ? Task.CompletedTask : DrainAsync(hoarder, bound.Token);
        for (var i = 0; i < Rounds; i++)
        {
            await publisher.PublishAsync(LongEvent, new string('x', Large), qos: 1);
        }

        await ExpectWithinBoundAsync();
        await hoarder.DisposeAsync();
        await reading;
    }

    [Fact]
    public async Task Messages_of_the_longest_topics()
    {
        var hoarder = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Application, "hoarder", clean: false), plain: true);
        await hoarder.SubscribeAsync((AllEvents, 1));
        await hoarder.DisposeAsync();
        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher", plain: true);
        for (var i = 0; i < Rounds; i++)
        {
            await publisher.PublishAsync($"iot-2/type/pump/id/p-001/evt/{i}{new string('x', 65_000)}/fmt/f", "", qos: 1);
        }

        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task User_properties()
    {
        var hoarder = await ConnectAsync(MqttVersion.V5, RawClient.ConnectPacket(Application, "hoarder", clean: false, expiry: 3_600), plain: true);
        await hoarder.SubscribeAsync((AllEvents, 1));
        await hoarder.DisposeAsync();
        var publisher = await ApplicationAsync(MqttVersion.V5, "publisher", plain: true);
        for (var i = 0; i < 150; i++)
        {
            publisher.Link.Send(new MqttPublishPacket
            {
                Topic = LongEvent,
                PacketIdentifier = publisher.NextId(),
                QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce,
                UserProperties = ManyProperties(),
            });
            await publisher.ExpectAsync<MqttPubAckPacket>();
        }

        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task Last_wills()
    {
        var refused = 0;
        for (var i = 0; i < 60 && refused == 0; i++)
        {
            var packet = RawClient.ConnectPacket(Application, $"will{i}");
            packet.WillFlag = true;
            packet.WillTopic = LongEvent;
            packet.WillMessage = new byte[65_000];
            packet.WillUserProperties = ManyProperties();
            var client = await OpenAsync(MqttVersion.V5, plain: true);
            client.Link.Send(packet);
            var code = (await client.ExpectAsync<MqttConnAckPacket>()).ReasonCode;
            Assert.Contains(code, new[] { MqttConnectReasonCode.Success, MqttConnectReasonCode.QuotaExceeded });
            refused += code == MqttConnectReasonCode.Success ? 0 : 1;
        }

        Assert.Equal(1, refused);
        Assert.Equal(104, Emulator.Refusals[^1].CloseCode);
        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task Retained_messages()
    {
        Emulator.ConfigureOrganization(null, static options => options with { AllowRetain = true });
        var publisher = await ApplicationAsync(MqttVersion.V311, "publisher", plain: true);
        for (var i = 0; i < Rounds; i++)
        {
            publisher.Publish($"iot-2/type/pump/id/p-001/evt/e{i}/fmt/f", new byte[Large], qos: 1, retain: true);
            await publisher.ExpectAsync<MqttPubAckPacket>();
        }

        await ExpectWithinBoundAsync();
    }

    [Fact]
    public async Task What_a_client_made_the_emulator_keep_is_free_again_when_it_is_gone()
    {
        for (var round = 0; round < 4; round++)
        {
            var hoarder = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Application, "hoarder", clean: false), plain: true);
            await hoarder.SubscribeAsync((AllEvents, 1));
            hoarder.Link.Send(new MqttDisconnectPacket());
            await hoarder.ExpectCloseAsync();
            var publisher = await ApplicationAsync(MqttVersion.V311, "publisher", plain: true);
            for (var i = 0; i < 300; i++)
            {
                await publisher.PublishAsync(LongEvent, new string('x', Large), qos: 1);
            }

            // As much fits as at the first time: nothing of the earlier rounds is counted any more.
            Assert.Equal(300, Assert.Single(Emulator.Sessions, static session => session.ClientId == "a:abc123:hoarder").Queued);
            await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Application, "hoarder"), plain: true);
        }
    }

    /// <summary>Whoever was greedy, a device still gets its commands.</summary>
    private async Task ExpectWithinBoundAsync()
    {
        var grown = GC.GetTotalMemory(forceFullCollection: true) - _start;
        Assert.InRange(grown, long.MinValue, Bound);

        var device = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Device), plain: true);
        await device.SubscribeAsync((AllCommands, 1));
        await (await ApplicationAsync(MqttVersion.V311, "modest", plain: true)).PublishAsync(LongCommand, "{}", qos: 1);
        await device.ReceiveAsync(Command, "{}");
    }

    private static List<MqttUserProperty> ManyProperties() =>
        [.. Enumerable.Range(0, 25_000).Select(static _ => new MqttUserProperty("", Array.Empty<byte>()))];

    private static async Task<int> ReadAllAsync<TPacket>(RawClient client, int count)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        for (var i = 0; i < count; i++)
        {
            if (await client.Link.ReadAsync(bound.Token) is not TPacket)
            {
                return i;
            }
        }

        return count;
    }

    /// <summary>Reads everything and acknowledges nothing.</summary>
    private static async Task DrainAsync(RawClient client, CancellationToken bound)
    {
        try
        {
            while (await client.Link.ReadAsync(bound) is not null)
            {
            }
        }
        catch (IoTF.Mqtt.Links.LinkException)
        {
            // Closed at the end of the test.
        }
    }
}

/// <summary>How many sessions and connections one API key may have.</summary>
public sealed class ApiKeyBoundTests : EmulatorTest
{
    protected override IoTF.Emulator.EmulatorOptions Options => base.Options with { SessionsPerApiKey = 3, ConnectionsPerApiKey = 5 };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task One_persistent_session_more_is_refused_and_one_that_ends_makes_room(MqttVersion version)
    {
        var expiry = version == MqttVersion.V5 ? 3_600u : 0u;
        for (var i = 0; i < 3; i++)
        {
            var client = await ConnectAsync(version, RawClient.ConnectPacket(Application, $"app{i}", clean: false, expiry: expiry));
            client.Link.Send(new MqttDisconnectPacket());
            await client.ExpectCloseAsync();
        }

        var fourth = RawClient.ConnectPacket(Application, "app3", clean: false, expiry: expiry);
        await ExpectRefusedAsync(version, fourth, code: 5, closeCode: 180, MqttConnectReasonCode.QuotaExceeded);
        await ConnectAsync(version, RawClient.ConnectPacket(Application, "app1", clean: false, expiry: expiry));
        await ConnectAsync(version, RawClient.ConnectPacket(Emulator.CreateApiKey(), "app4", clean: false, expiry: expiry));
        await ConnectAsync(version, RawClient.ConnectPacket(Application, "app0"));
        await ConnectAsync(version, fourth);
    }

    [Fact]
    public async Task One_connection_more_is_closed_with_173()
    {
        for (var i = 0; i < 5; i++)
        {
            await ApplicationAsync(MqttVersion.V311, $"app{i}");
        }

        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket(Application, "app5"), code: null, closeCode: 173);
        await ApplicationAsync(MqttVersion.V311, "app4");
        await DeviceAsync(MqttVersion.V311);
        await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Emulator.CreateApiKey(), "app5"));
    }
}
