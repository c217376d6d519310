using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>Messages of a sender that has more to do than to wait for this session.</summary>
public sealed class SettingAsideTests : ClientTest
{
    [Fact]
    public async Task One_that_has_no_room_does_not_keep_the_sender_and_is_sent_when_it_has()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero, MaxInFlight = 1 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.SendOrSetAside(Message("1"), CancellationToken.None);
        batch.SendOrSetAside(Message("2"), CancellationToken.None);
        Assert.Equal(1, session.Counters.Sent);
        var completing = Blocking(() => batch.Complete(CancellationToken.None));
        for (var number = 1; number <= 2; number++)
        {
            peer.Send(new MqttPubAckPacket { PacketIdentifier = (await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier });
        }

        await completing;
        Assert.Equal(["1", "2"], ReportsOf(batch).Select(static report => (string)report.Input!));
        Assert.Equal(2, session.Counters.Acknowledged);
    }

    [Fact]
    public async Task The_time_of_all_counts_from_the_same_moment()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero, MaxInFlight = 1 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        batch.SendOrSetAside(Message("1"), CancellationToken.None);
        await peer.ReceiveAsync<MqttPublishPacket>();
        batch.SendOrSetAside(Message("2"), CancellationToken.None);
        var since = Clock.GetTimestamp();

        // The others of the fleet have taken that long: nothing is left for this one.
        Clock.Advance(Tolerance);
        await Blocking(() => batch.Complete(CancellationToken.None, since));
        var reports = ReportsOf(batch);
        Assert.Equal(["2", "1"], reports.Select(static report => (string)report.Input!));
        Assert.All(reports, static report => Assert.Equal(FaultIds.AcknowledgeTimeout, report.Fault!.Id));
    }

    [Fact]
    public async Task What_is_never_sent_because_the_sender_ends_is_told()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero, MaxInFlight = 1 });
        using (var batch = new SendBatch(session, Tolerance, wantsAll: false))
        {
            batch.SendOrSetAside(Message("1"), CancellationToken.None);
            await peer.ReceiveAsync<MqttPublishPacket>();
            batch.SendOrSetAside(Message("2"), CancellationToken.None);
            batch.SendOrSetAside(Message("3"), CancellationToken.None);
        }

        Assert.Contains("2 messages of d:abc123:pump:p1 were not sent", Assert.Single(session.TakeNotices()).Message);
    }

    private static PendingMessage Message(string name) => new(Topic, Array.Empty<byte>(), QualityOfService.AtLeastOnce, name);
}
