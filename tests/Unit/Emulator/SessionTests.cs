using System.Text;
using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class SessionTests : EmulatorTest
{
    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_persistent_session_keeps_what_was_sent_while_its_client_was_away(MqttVersion version)
    {
        var device = await PersistentDeviceAsync(version, sessionPresent: false);
        await device.SubscribeAsync((AllCommands, 1));
        await LeaveAsync(device);

        var application = await ApplicationAsync(version);
        await application.PublishAsync(LongCommand, "first", qos: 1);
        await application.PublishAsync(LongCommand, "second", qos: 2);
        await application.PublishAsync(LongCommand, "forgotten", qos: 0);

        var back = await PersistentDeviceAsync(version, sessionPresent: version != MqttVersion.V31);
        await back.ReceiveAsync(Command, "first");
        var second = await back.ReceiveAsync(Command, "second");
        Assert.Equal(MqttQualityOfServiceLevel.AtLeastOnce, second.QualityOfServiceLevel);
        await back.ExpectNothingAsync();
    }

    [Theory]
    [InlineData(MqttVersion.V31, 1)]
    [InlineData(MqttVersion.V311, 1)]
    [InlineData(MqttVersion.V311, 2)]
    [InlineData(MqttVersion.V5, 2)]
    public async Task What_was_not_acknowledged_is_sent_again_with_DUP_and_the_same_packet_id(MqttVersion version, int qos)
    {
        var device = await PersistentDeviceAsync(version, sessionPresent: false);
        await device.SubscribeAsync((AllCommands, qos));
        var application = await ApplicationAsync(version);
        await application.PublishAsync(LongCommand, "a", qos);
        await application.PublishAsync(LongCommand, "b", qos);
        var first = await device.ExpectPublishAsync(Command, "a");
        var second = await device.ExpectPublishAsync(Command, "b");
        Assert.False(first.Dup);
        await device.DisposeAsync();

        var back = await PersistentDeviceAsync(version, sessionPresent: version != MqttVersion.V31);
        var firstAgain = await back.ExpectPublishAsync(Command, "a");
        var secondAgain = await back.ExpectPublishAsync(Command, "b");
        Assert.True(firstAgain.Dup);
        Assert.True(secondAgain.Dup);
        Assert.Equal((first.PacketIdentifier, second.PacketIdentifier), (firstAgain.PacketIdentifier, secondAgain.PacketIdentifier));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_clean_session_ends_with_its_connection(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        await device.SubscribeAsync((AllCommands, 1));
        await LeaveAsync(device);
        var application = await ApplicationAsync(version);
        await application.PublishAsync(LongCommand, "lost", qos: 1);

        var back = await PersistentDeviceAsync(version, sessionPresent: false);
        await back.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_clean_connect_forgets_the_persistent_session()
    {
        var device = await PersistentDeviceAsync(MqttVersion.V311, sessionPresent: false);
        await device.SubscribeAsync((AllCommands, 1));
        await LeaveAsync(device);
        await LeaveAsync(await DeviceAsync(MqttVersion.V311));

        await PersistentDeviceAsync(MqttVersion.V311, sessionPresent: false);
    }

    [Fact]
    public async Task A_session_is_taken_over_from_a_connection_that_is_still_open()
    {
        var device = await PersistentDeviceAsync(MqttVersion.V311, sessionPresent: false);
        await device.SubscribeAsync((AllCommands, 1));

        var second = await PersistentDeviceAsync(MqttVersion.V311, sessionPresent: true);
        await device.ExpectCloseAsync();

        var application = await ApplicationAsync(MqttVersion.V311);
        await application.PublishAsync(LongCommand, "to the second", qos: 1);
        await second.ReceiveAsync(Command, "to the second");
    }

    [Fact]
    public async Task A_session_of_MQTT_5_is_gone_when_its_time_is_over()
    {
        var packet = RawClient.ConnectPacket(Device, clean: false, expiry: 100);
        await LeaveAsync(await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V5, packet, sessionPresent: false)));
        _clock.Advance(TimeSpan.FromSeconds(50));
        await LeaveAsync(await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V5, packet, sessionPresent: true)));
        _clock.Advance(TimeSpan.FromSeconds(150));
        await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V5, packet, sessionPresent: false));
    }

    [Theory]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_client_that_is_silent_for_one_and_a_half_times_its_keep_alive_is_closed(MqttVersion version)
    {
        var device = await DeviceAsync(version);
        _clock.Advance(TimeSpan.FromSeconds(89));
        await device.ExpectNothingAsync();
        _clock.Advance(TimeSpan.FromSeconds(92));
        if (version == MqttVersion.V5)
        {
            await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.KeepAliveTimeout);
        }
        else
        {
            await device.ExpectCloseAsync();
        }

        Assert.Equal(160, Emulator.Refusals[^1].CloseCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_sends_no_CONNECT_is_closed_at_the_deadline(bool secure)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var greeting = await OpenAsync(MqttVersion.V311, plain: !secure);

        // Another client's complete connect shows that the first one is being waited for.
        await DeviceAsync(MqttVersion.V311, plain: !secure);
        _clock.Advance(TimeSpan.FromSeconds(31));
        Assert.Null(await greeting.Link.ReadAsync(bound.Token));
        Assert.Equal(164, Emulator.Refusals[0].CloseCode);
    }

    [Fact]
    public async Task What_a_publisher_of_MQTT_5_says_about_a_message_is_passed_on()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.SubscribeAsync((AllEvents, 1));
        device.Link.Send(new MqttPublishPacket
        {
            Topic = Event,
            PayloadSegment = "x"u8.ToArray(),
            ContentType = "application/json",
            MessageExpiryInterval = 60,
            UserProperties = [new MqttUserProperty("line", Encoding.UTF8.GetBytes("7"))],
        });

        var received = await application.ReceiveAsync(LongEvent, "x");
        Assert.Equal("application/json", received.ContentType);
        Assert.Equal(60u, received.MessageExpiryInterval);
        Assert.Equal("line", Assert.Single(received.UserProperties).Name);
    }

    private Task<RawClient> PersistentDeviceAsync(MqttVersion version, bool sessionPresent) => KeepAsync(RawClient.ConnectAsync(
        Emulator, version, RawClient.ConnectPacket(Device, clean: false, expiry: version == MqttVersion.V5 ? 3_600u : 0u), sessionPresent));

    private static async Task LeaveAsync(RawClient client)
    {
        client.Link.Send(new MqttDisconnectPacket());
        await client.ExpectCloseAsync();
    }
}
