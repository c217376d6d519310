using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Connecting;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>What only MQTT 5 has: limits and hints of the CONNACK, reasons.</summary>
public sealed class Version5Tests : ReconnectTest
{
    private SessionOptions Version5 => Device with { Version = MqttVersion.V5 };

    [Fact]
    public async Task A_server_that_does_not_speak_it_refuses_in_the_form_of_its_own_version()
    {
        var session = NewSession(Version5);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        await peer.SendBytesAsync(0x20, 2, 0, 1);
        var fault = await FaultOf(opening);
        Assert.Equal(ConnectRefusalId.ProtocolVersionRefused, fault.Id);
        Assert.Equal(1, fault.Code);
        Assert.Contains("return code 1", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_keep_alive_of_zero_that_the_server_sets_is_none()
    {
        // Server Keep Alive 0.
        var (session, peer) = await OpenRawAsync(Version5, 0x20, 6, 0, 0, 3, 0x13, 0, 0);
        for (var i = 0; i < 10; i++)
        {
            Clock.Advance(TimeSpan.FromDays(1));
        }

        peer.Send(new MqttPubRelPacket { PacketIdentifier = 60_000 });
        await peer.ReceiveAsync<MqttPubCompPacket>();
        Assert.Equal(SessionState.Open, session.State);
    }

    [Theory]
    [InlineData("00 00 00", 48 * 3600, false)]
    [InlineData("00 00 05 11 00 00 0E 10", 3600, true)]
    [InlineData("00 00 05 11 00 00 00 00", 0, true)]
    [InlineData("00 00 12 26 00 01 61 00 01 62 13 00 14 22 00 08 11 00 00 0E 10", 3600, true)]
    public async Task How_long_the_session_is_kept_is_known_and_told_when_it_is_shorter_than_asked_for(string connAck, int seconds, bool isTold)
    {
        var body = Convert.FromHexString(connAck.Replace(" ", "", StringComparison.Ordinal));
        var (session, _) = await OpenRawAsync(Version5 with { Persistent = true }, [0x20, (byte)body.Length, .. body]);
        Assert.Equal(TimeSpan.FromSeconds(seconds), session.SessionExpiry);
        var told = session.TakeNotices().Where(notice => notice.Message.Contains("keeps the session", StringComparison.Ordinal)).ToList();
        Assert.Equal(isTold ? 1 : 0, told.Count);
        Assert.All(told, notice => Assert.Equal(NoticeLevel.Warning, notice.Level));
    }

    [Fact]
    public async Task Another_server_that_a_refusal_names_is_told_and_its_words_are_harmless()
    {
        var session = NewSession(Version5);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync(new MqttConnAckPacket
        {
            ReasonCode = MqttConnectReasonCode.ServerMoved,
            ReasonString = "moved\u001b[31m\r\nTo: somewhere\u202e",
            ServerReference = "other.example.test\u001b[0m",
        });
        var fault = await FaultOf(opening);
        Assert.Equal(ConnectRefusalId.ServerMoved, fault.Id);
        Assert.Contains("'other.example.test", fault.Advice, StringComparison.Ordinal);
        AssertHarmless(fault);
    }

    [Fact]
    public async Task The_words_of_a_disconnect_and_of_a_refused_message_are_harmless()
    {
        var (session, peer) = await OpenAsync(Version5);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("a"), CancellationToken.None);
        var publish = await peer.ReceiveAsync<MqttPublishPacket>();
        const string Words = "no\u001b]0;title\u0007\nWARNING: all is well";
        peer.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier, ReasonCode = MqttPubAckReasonCode.NotAuthorized, ReasonString = Words });
        await Blocking(() => batch.Complete(CancellationToken.None));
        AssertHarmless(Assert.Single(ReportsOf(batch)).Fault!);

        peer.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.UseAnotherServer, ReasonString = Words, ServerReference = "other.example.test" });
        Assert.Null(await peer.ReceiveAsync());
        await session.DisposeAsync();
        Assert.Equal(FaultIds.ServerDisconnected, session.Fault!.Id);
        Assert.Contains("'other.example.test'", session.Fault.Message, StringComparison.Ordinal);
        AssertHarmless(session.Fault);
    }

    [Theory]
    [InlineData("30 03 00 00 00", MqttDisconnectReasonCode.TopicAliasInvalid)]
    [InlineData("00 00", MqttDisconnectReasonCode.MalformedPacket)]
    [InlineData("C0 00", MqttDisconnectReasonCode.ProtocolError)]
    [InlineData("90 FF FF FF 7F", MqttDisconnectReasonCode.PacketTooLarge)]
    public async Task A_server_that_breaks_the_protocol_is_told_why_it_is_left(string bytes, MqttDisconnectReasonCode reason)
    {
        var raw = Convert.FromHexString(bytes.Replace(" ", "", StringComparison.Ordinal));
        var (_, peer) = await OpenAsync(Version5);
        await peer.SendBytesAsync(raw);
        Assert.Equal(reason, Assert.IsType<MqttDisconnectPacket>((await peer.ReceiveToEndAsync()).Last()).ReasonCode);

        var (_, older) = await OpenAsync(Device);
        await older.SendBytesAsync(raw);
        Assert.Empty(await older.ReceiveToEndAsync());
    }

    [Fact]
    public async Task A_subscription_that_is_answered_with_other_codes_ends_with_a_reason()
    {
        var session = NewSession(Version5 with { Subscriptions = [CommandRequest] });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS0, MqttSubscribeReasonCode.GrantedQoS0] });
        Assert.Equal(MqttDisconnectReasonCode.ProtocolError, Assert.IsType<MqttDisconnectPacket>((await peer.ReceiveToEndAsync()).Last()).ReasonCode);
        Assert.Equal(FaultIds.ProtocolError, (await FaultOf(opening)).Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_new_connection_does_not_take_any_more_is_given_up_and_the_rest_is_sent_again(bool kept)
    {
        var (session, peer) = await OpenAsync(Version5 with { Reconnect = AtOnce, Persistent = kept });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var large = new string('x', 300);
        foreach (var (input, qualityOfService) in new[]
        {
            ("released", QualityOfService.ExactlyOnce), ("twice", QualityOfService.ExactlyOnce), (large, QualityOfService.AtLeastOnce), ("small", QualityOfService.AtLeastOnce),
        })
        {
            batch.Send(Message(input, qualityOfService), CancellationToken.None);
        }

        var ids = new List<ushort>();
        for (var i = 0; i < 4; i++)
        {
            ids.Add((await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);
        }

        peer.Send(new MqttPubRecPacket { PacketIdentifier = ids[0] });
        await peer.ReceiveAsync<MqttPubRelPacket>();
        peer = await ReplaceAsync(peer, new MqttConnAckPacket { IsSessionPresent = kept, MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce, MaximumPacketSize = 200 });
        if (kept)
        {
            Assert.Equal(ids[0], (await peer.ReceiveAsync<MqttPubRelPacket>()).PacketIdentifier);
            peer.Send(new MqttPubCompPacket { PacketIdentifier = ids[0] });
        }

        Assert.Equal(("small", ids[3]), await peer.ReceiveAsync<MqttPublishPacket>() is var again ? (ScriptedPeer.TextOf(again), again.PacketIdentifier) : default);
        peer.Send(new MqttPubAckPacket { PacketIdentifier = ids[3] });
        await Blocking(() => batch.Complete(CancellationToken.None));
        Assert.Equal(
            [("released", null), ("small", null), ("twice", FaultIds.MessageRefused), (large, FaultIds.MessageRefused)],
            ReportsOf(batch).Select(message => ((string)message.Input!, message.Fault?.Id)).OrderBy(report => report.Item1, StringComparer.Ordinal));
    }

    private static void AssertHarmless(Fault fault) =>
        Assert.DoesNotContain(fault.Message + fault.Advice, character => char.IsControl(character) || character == '\u202e');

    /// <summary>Opens a session with a CONNACK of these bytes.</summary>
    private async Task<(Session Session, ScriptedPeer Peer)> OpenRawAsync(SessionOptions options, params byte[] connAck)
    {
        var session = NewSession(options);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        await peer.SendBytesAsync(connAck);
        await opening.WaitAsync(Deadline.Limit);
        return (session, peer);
    }
}
