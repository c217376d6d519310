using IoTF.Client.Connecting;
using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class KeepAliveTests : ClientTest
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Ask = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task An_idle_client_asks_before_the_keep_alive_is_over_and_again_after_each_answer()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = KeepAlive });
        for (var i = 1; i <= 3; i++)
        {
            await Clock.TimerSetAsync(Ask, times: i);
            Clock.Advance(Ask);
            await peer.ReceiveAsync<MqttPingReqPacket>();
            peer.Send(MqttPingRespPacket.Instance);
            await ReceivedAsync(session, peer);
        }

        Assert.Equal(SessionState.Open, session.State);
    }

    [Fact]
    public async Task A_client_that_only_sends_asks_too()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = KeepAlive });
        await Clock.TimerSetAsync(Ask);
        Clock.Advance(TimeSpan.FromSeconds(20));
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        await Blocking(() =>
        {
            batch.Send(Message(0, QualityOfService.AtMostOnce), CancellationToken.None);
            batch.Complete(CancellationToken.None);
        });
        await peer.ReceiveAsync<MqttPublishPacket>();
        Clock.Advance(TimeSpan.FromSeconds(10));
        await peer.ReceiveAsync<MqttPingReqPacket>();
    }

    [Fact]
    public async Task Silence_of_one_and_a_half_times_the_keep_alive_ends_the_session()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = KeepAlive });
        await Clock.TimerSetAsync(Ask);
        Clock.Advance(Ask);
        await peer.ReceiveAsync<MqttPingReqPacket>();
        Assert.Equal(SessionState.Open, session.State);
        await Clock.TimerSetAsync(Ask, times: 2);
        Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.DoesNotContain(await peer.ReceiveToEndAsync(), packet => packet is not MqttPingReqPacket);
        await session.CloseAsync(TimeSpan.Zero).WaitAsync(Deadline.Limit);
        Assert.Equal((SessionState.Failed, FaultIds.KeepAliveTimeout), (session.State, session.Fault!.Id));
        Assert.Contains("60 s", session.Fault.Message);
    }

    [Fact]
    public async Task A_keep_alive_of_zero_never_asks_and_never_ends()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero });
        for (var i = 0; i < 10; i++)
        {
            Clock.Advance(TimeSpan.FromDays(1));
        }

        await ReceivedAsync(session, peer);
        Assert.Equal(SessionState.Open, session.State);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(60, false)]
    public void Without_a_keep_alive_TCP_looks_for_a_dead_link(int seconds, bool expected) =>
        Assert.Equal(expected, Handshake.TargetOf(Device with { KeepAlive = TimeSpan.FromSeconds(seconds) }).TcpKeepAlive);

    [Fact]
    public async Task In_mqtt_5_the_keep_alive_of_the_service_wins()
    {
        var (_, peer) = await OpenAsync(
            Device with { Version = MqttVersion.V5, KeepAlive = TimeSpan.FromSeconds(600) },
            new MqttConnAckPacket { ServerKeepAlive = 40, MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce });
        await Clock.TimerSetAsync(Ask);
        Clock.Advance(Ask);
        await peer.ReceiveAsync<MqttPingReqPacket>();
    }

    /// <summary>The client has received all that was sent: it answers a PUBREL that came after, and nothing came before the answer.</summary>
    private static async Task ReceivedAsync(Session session, ScriptedPeer peer)
    {
        Assert.Equal(SessionState.Open, session.State);
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
    }
}
