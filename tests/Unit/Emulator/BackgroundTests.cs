using IoTF.Emulator;
using IoTF.Mqtt;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>What goes wrong in the background of the emulator ends no process: on the thread of a timer nobody would catch it.</summary>
public sealed class BackgroundTests : EmulatorTest
{
    private readonly BrokenClock _clock = new();

    protected override EmulatorOptions Options => base.Options with { Clock = _clock };

    [Fact]
    public async Task What_the_timer_meets_is_told_once_and_the_emulator_goes_on()
    {
        var packet = RawClient.ConnectPacket(Device, clean: false);
        packet.KeepAlivePeriod = 60;
        var device = await ConnectAsync(MqttVersion.V311, packet);
        await device.ExpectNothingAsync();

        _clock.IsBroken = true;
        for (var second = 0; second < 3; second++)
        {
            // Calls the timer on this thread, as FakeTimeProvider does: what it throws would come out here.
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _clock.IsBroken = false;
        var refusal = Assert.Single(Emulator.Refusals);
        Assert.Equal(92, refusal.CloseCode);
        Assert.Contains(BrokenClock.Words, refusal.Reason);

        // The same timer still finds a client that has gone silent.
        _clock.Advance(TimeSpan.FromSeconds(100));
        await device.ExpectCloseAsync();
        Assert.Equal(160, Emulator.Refusals[^1].CloseCode);
        await DeviceAsync(MqttVersion.V311);
    }

    private sealed class BrokenClock : FakeTimeProvider
    {
        public const string Words = "the clock is broken";

        public bool IsBroken { get; set; }

        public override long GetTimestamp() => IsBroken ? throw new InvalidOperationException(Words) : base.GetTimestamp();
    }
}
