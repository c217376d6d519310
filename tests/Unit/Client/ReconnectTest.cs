using IoTF.Client.Sessions;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;

namespace IoTF.Tests.Unit.Client;

/// <summary>What tests of lost connections share. Tries follow each other at once: an outage lasts as long as a CONNECT is not answered.</summary>
public abstract class ReconnectTest : ReceivingTest
{
    protected static readonly ReconnectOptions AtOnce = new(TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>How long a connection has to last to be none of those that are ended again and again.</summary>
    protected static readonly TimeSpan LastingFor = TimeSpan.FromSeconds(10);

    protected SessionOptions Lasting => Device with { Reconnect = AtOnce };

    private protected static MqttConnAckPacket Kept => new() { MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce, IsSessionPresent = true };

    /// <summary>Breaks the connection and gives the next one, whose CONNECT waits for its answer.</summary>
    private protected async Task<ScriptedPeer> BreakAsync(ScriptedPeer peer)
    {
        peer.Reset();
        return await Server.AcceptAsync();
    }

    /// <summary>Breaks the connection when it has lasted, so that many of them are no loop, and accepts the next one.</summary>
    private protected async Task<ScriptedPeer> ReplaceAsync(ScriptedPeer peer, MqttConnAckPacket? answer = null)
    {
        Clock.Advance(LastingFor);
        var next = await BreakAsync(peer);
        await next.AcceptClientAsync(answer);
        return next;
    }

    /// <summary>Answers a PINGREQ.</summary>
    private protected static async Task ProveAsync(ScriptedPeer peer)
    {
        await peer.ReceiveAsync<MqttPingReqPacket>();
        peer.Send(MqttPingRespPacket.Instance);
    }

    /// <summary>Acknowledges everything to the end.</summary>
    private protected static Task AcknowledgeAllAsync(ScriptedPeer peer) => peer.AnswerAsync(AnswerTo);

    private protected static IEnumerable<MqttPacket> AnswerTo(MqttPacket packet) => packet switch
    {
        MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.AtLeastOnce } publish => [new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier }],
        MqttPublishPacket { QualityOfServiceLevel: MqttQualityOfServiceLevel.ExactlyOnce } publish => [new MqttPubRecPacket { PacketIdentifier = publish.PacketIdentifier }],
        MqttPubRelPacket release => [new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier }],
        MqttPingReqPacket => [MqttPingRespPacket.Instance],
        _ => [],
    };

    /// <summary>Waits until the session has seen that it is open: it answers on its newest connection.</summary>
    private protected static async Task OpenAgainAsync(Session session, ScriptedPeer peer, int reconnects)
    {
        while (session.State != SessionState.Open || session.Reconnects < reconnects)
        {
            peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
            while (await peer.ReceiveAsync() is not MqttPubCompPacket { PacketIdentifier: 60_000 })
            {
            }
        }
    }
}
