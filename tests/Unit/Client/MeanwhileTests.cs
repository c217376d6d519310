using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>What a thread does while it waits for the service.</summary>
public sealed class MeanwhileTests : ClientTest
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    private int _done;

    [Fact]
    public async Task It_is_done_again_and_again_and_the_senders_patience_ends_when_it_would_without()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false, new Meanwhile(Every, () => Interlocked.Increment(ref _done)));
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.AtLeastOnce));
        await peer.ReceiveAsync<MqttPublishPacket>();
        for (var times = 1; times <= 3; times++)
        {
            await Clock.TimerSetAsync(Every, times);
            Clock.Advance(Every);
        }

        await Clock.TimerSetAsync(Tolerance - (3 * Every));
        Assert.Equal(3, _done);
        Clock.Advance(Tolerance - (3 * Every));
        await sending;
        Assert.Equal(FaultIds.AcknowledgeTimeout, Assert.Single(ReportsOf(batch)).Fault!.Id);
    }

    [Fact]
    public async Task It_is_done_while_there_is_no_room_and_others_get_on_meanwhile()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero, MaxInFlight = 1 });
        var received = new TaskCompletionSource<ushort>();

        // The acknowledgement comes in while this is done: the gate is not held.
        using var batch = new SendBatch(session, Tolerance, wantsAll: false, new Meanwhile(Every, () =>
        {
            peer.Send(new MqttPubAckPacket { PacketIdentifier = received.Task.Result });
            Assert.True(SpinWait.SpinUntil(() => session.Counters.Acknowledged == 1, Deadline.Limit));
            _done++;
        }));
        var sending = Blocking(() => SendAll(batch, 2, QualityOfService.AtLeastOnce));
        received.SetResult((await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);
        await Clock.TimerSetAsync(Every);
        Clock.Advance(Every);
        peer.Send(new MqttPubAckPacket { PacketIdentifier = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier });
        await sending;
        Assert.Equal(1, _done);
        Assert.Empty(ReportsOf(batch));
    }

    [Fact]
    public async Task What_it_throws_ends_the_wait()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false, new Meanwhile(Every, static () => throw new InvalidOperationException("stopped")));
        var sending = Blocking(() => SendAll(batch, 1, QualityOfService.AtLeastOnce));
        await peer.ReceiveAsync<MqttPublishPacket>();
        await Clock.TimerSetAsync(Every);
        Clock.Advance(Every);
        Assert.Equal("stopped", (await Assert.ThrowsAsync<InvalidOperationException>(() => sending)).Message);
        Assert.Equal(1, batch.Outstanding);
    }
}
