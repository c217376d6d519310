using IoTF.Emulator;
using IoTF.Emulator.Faults;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What goes wrong on demand.</summary>
public sealed class FaultTests : EmulatorTest
{
    private const string Devices = "d:*";

    private readonly FakeTimeProvider _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    [Theory]
    [InlineData(MqttVersion.V31, 3, 3)]
    [InlineData(MqttVersion.V311, 5, 5)]
    [InlineData(MqttVersion.V5, 3, 0x88)]
    public async Task A_connect_is_refused_as_often_as_was_asked_for(MqttVersion version, int code, int answer)
    {
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.RefuseConnect, ClientId = Devices, Code = code, Count = 1 });
        await ApplicationAsync(version);
        var client = await OpenAsync(version);
        client.Link.Send(RawClient.ConnectPacket(Device));
        Assert.Equal(answer, RawClient.CodeOf(await client.ExpectAsync<MqttConnAckPacket>(), version));
        await client.ExpectCloseAsync();
        Assert.Empty(Emulator.Faults);
        await DeviceAsync(version);
    }

    [Fact]
    public async Task A_connection_is_closed_with_a_code_at_once_and_the_next_when_it_sends_something()
    {
        var device = await DeviceAsync(MqttVersion.V5);
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.Close, ClientId = Devices, Code = 93, Count = 2 });
        await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.ServerShuttingDown);
        Assert.Equal(93, Emulator.Refusals[^1].CloseCode);

        var second = await DeviceAsync(MqttVersion.V5);
        second.Link.Send(MqttPingReqPacket.Instance);
        await second.ExpectDisconnectAsync(MqttDisconnectReasonCode.ServerShuttingDown);
        await (await DeviceAsync(MqttVersion.V5)).ExpectNothingAsync();
    }

    [Fact]
    public async Task A_connection_is_cut_without_a_word()
    {
        var device = await DeviceAsync(MqttVersion.V5, plain: true);
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.Drop, ClientId = "d:abc123:pump:p-00?", Count = 1 });
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await Assert.ThrowsAsync<LinkException>(async () => await device.Link.ReadAsync(bound.Token));
        await (await DeviceAsync(MqttVersion.V5)).ExpectNothingAsync();
    }

    [Fact]
    public async Task A_stalled_client_gets_its_answers_when_the_fault_is_cleared()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.Stall, ClientId = Devices, Count = 1 });
        device.Link.Send(MqttPingReqPacket.Instance);
        while (Emulator.Faults.Count > 0)
        {
            await Task.Yield();
        }

        await (await ApplicationAsync(MqttVersion.V311)).ExpectNothingAsync();
        var answer = device.ExpectAsync<MqttPingRespPacket>();
        Assert.False(answer.IsCompleted);
        Emulator.ClearFaults();
        await answer;
    }

    [Fact]
    public async Task A_stalled_client_that_leaves_does_not_hold_the_service_up()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.Stall });
        device.Link.Send(MqttPingReqPacket.Instance);
        await device.DisposeAsync();
        await Emulator.StopAsync().WaitAsync(RawClient.Bound);
    }

    [Fact]
    public async Task Acknowledgements_come_late_and_the_message_does_not()
    {
        var application = await ApplicationAsync(MqttVersion.V311);
        await application.SubscribeAsync((AllEvents, 0));
        var device = await DeviceAsync(MqttVersion.V311);
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.DelayAcknowledgements, ClientId = Devices, Delay = TimeSpan.FromSeconds(30), Count = 1 });
        device.Publish(Event, "late", qos: 1);
        await application.ExpectPublishAsync(LongEvent, "late");
        await device.ExpectNothingAsync();
        _clock.Advance(TimeSpan.FromSeconds(31));
        await device.ExpectAsync<MqttPubAckPacket>();
        await device.PublishAsync(Event, "in time", qos: 1);
    }

    [Fact]
    public async Task Slow_reading_takes_ten_messages_a_second_from_a_device()
    {
        Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.SlowReading, ClientId = Devices });
        var device = await DeviceAsync(MqttVersion.V311);
        for (var i = 0; i < 11; i++)
        {
            await device.PublishAsync(Event, $"{i}", qos: 1);
        }

        // A second's worth came at once; after one more nothing is read for a tenth of a second.
        device.Link.Send(MqttPingReqPacket.Instance);
        await (await ApplicationAsync(MqttVersion.V311)).ExpectNothingAsync();
        var answer = device.ExpectAsync<MqttPingRespPacket>();
        Assert.False(answer.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(0.11));
        await answer;
    }

    [Fact]
    public void A_fault_that_makes_no_sense_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.RefuseConnect }));
        Assert.Throws<ArgumentException>(() => Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.SlowReading, Count = 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Emulator.SetFault(new EmulatorFault { Kind = EmulatorFaultKind.Drop, Count = 0 }));
        Assert.Empty(Emulator.Faults);
    }
}
