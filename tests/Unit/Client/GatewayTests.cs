using IoTF.Client.Faults;
using IoTF.Client.Receiving;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Protocol.Topics;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class GatewayTests : ReceivingTest
{
    private const string Notify = "iot-2/type/gwt/id/gw1/notify";

    private SessionOptions Gateway => Device with
    {
        Identity = ClientIdentity.ForGateway("abc123", "gwt", "gw1"),
        Subscriptions = [new SubscriptionRequest(Notify, MessageKind.Notification)],
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_notification_makes_its_message_a_failed_one_whether_it_comes_before_the_answer_or_after(bool isFirst)
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "known", "unknown", "known");
        var ids = await TakeAllAsync(peer, 3);
        Answer(peer, ids[0]);
        if (isFirst)
        {
            Tell(peer, "unknown");
            Answer(peer, ids[1]);
        }
        else
        {
            Answer(peer, ids[1]);
            Tell(peer, "unknown");
        }

        Answer(peer, ids[2]);
        await AnswerPingsAsync(peer, sending);
        var failed = Assert.Single(ReportsOf(batch));
        Assert.Equal(1, failed.Input);
        Assert.Equal((FaultIds.MessageRefused, 180), (failed.Fault!.Id, failed.Fault.Code));
        Assert.Contains(TopicOf("unknown"), failed.Fault.Message);
        Assert.Contains("The operation is not authorized.", failed.Fault.Message);
    }

    [Fact]
    public async Task A_batch_is_complete_only_with_the_word_that_follows_its_last_answer()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "p1");
        Answer(peer, (await TakeAllAsync(peer, 1))[0]);
        await peer.ReceiveAsync<MqttPingReqPacket>();
        Assert.Equal((1, 0, 1), (session.Counters.Acknowledged, session.Counters.Pending, batch.Outstanding));
        Assert.False(sending.IsCompleted);
        peer.Send(MqttPingRespPacket.Instance);
        await sending;
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
    }

    [Fact]
    public async Task Each_notification_is_for_one_message_and_the_oldest_to_its_topic()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = SendAsync(batch, QualityOfService.ExactlyOnce, "x", "x", "x");
        foreach (var id in await TakeAllAsync(peer, 3))
        {
            peer.Send(new MqttPubRecPacket { PacketIdentifier = id });
        }

        Tell(peer, "x");
        Tell(peer, "x");
        await AnswerPingsAsync(peer, sending);
        Assert.Equal([0, 1], ReportsOf(batch).Select(message => (int)message.Input!).Order());
        Assert.Empty(session.TakeNotices());
    }

    [Fact]
    public async Task Messages_of_quality_0_wait_for_the_word_too()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = SendAsync(batch, QualityOfService.AtMostOnce, "known", "unknown");
        await TakeAllAsync(peer, 2);
        Tell(peer, "unknown");
        await AnswerPingsAsync(peer, sending);
        Assert.Equal(1, Assert.Single(ReportsOf(batch)).Input);
    }

    [Fact]
    public async Task A_message_that_the_sending_thread_writes_itself_waits_for_the_word_too()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = Task.Run(() =>
        {
            batch.Send(new PendingMessage(TopicOf("unknown"), default, QualityOfService.AtMostOnce, input: 0), CancellationToken.None, isLast: true);
            batch.Complete(CancellationToken.None);
        });
        await peer.ReceiveAsync<MqttPublishPacket>();
        Tell(peer, "unknown");
        await AnswerPingsAsync(peer, sending);
        Assert.NotNull(Assert.Single(ReportsOf(batch)).Fault);
    }

    [Fact]
    public async Task A_refusal_by_answer_and_by_notification_is_one_and_leaves_the_next_message_alone()
    {
        var (session, peer) = await OpenAsync(Gateway with { Version = MqttVersion.V5 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "x", "x");
        var ids = await TakeAllAsync(peer, 2);
        peer.Send(new MqttPubAckPacket { PacketIdentifier = ids[0], ReasonCode = MqttPubAckReasonCode.NotAuthorized });
        Tell(peer, "x");
        Answer(peer, ids[1]);
        await AnswerPingsAsync(peer, sending);
        Assert.Equal(0, Assert.Single(ReportsOf(batch)).Input);
    }

    [Fact]
    public async Task A_lost_connection_leaves_what_was_answered_as_delivered()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "p1");
        Answer(peer, (await TakeAllAsync(peer, 1))[0]);
        await peer.ReceiveAsync<MqttPingReqPacket>();
        await peer.CloseAsync();
        await sending;
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
    }

    [Fact]
    public async Task What_was_answered_is_delivered_when_the_word_does_not_come_in_time()
    {
        var (session, peer) = await OpenAsync(Gateway with { KeepAlive = TimeSpan.Zero });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "p1");
        Answer(peer, (await TakeAllAsync(peer, 1))[0]);
        await peer.ReceiveAsync<MqttPingReqPacket>();
        await Clock.TimerSetAsync(Tolerance);
        Clock.Advance(Tolerance);
        await sending;
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
    }

    [Fact]
    public async Task A_notification_that_fits_nothing_is_told_and_received()
    {
        var (session, peer) = await OpenAsync(Gateway);
        Tell(peer, "late");
        Tell(peer, "later");
        await ProveSilenceAsync(session, peer);
        var notice = Assert.Single(session.TakeNotices());
        Assert.Equal(NoticeLevel.Warning, notice.Level);
        Assert.Contains(TopicOf("later"), notice.Message);
        Assert.Contains("2", notice.Message);
        var receiver = await session.ReceiveAsync(Gateway.Subscriptions[0], CancellationToken.None);
        Assert.Contains("late", TextOf(await TakeAsync(receiver)));
    }

    [Fact]
    public async Task A_notification_about_a_subscription_or_without_sense_fails_no_message()
    {
        var (session, peer) = await OpenAsync(Gateway);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "p1");
        var ids = await TakeAllAsync(peer, 1);
        peer.Publish(Notify, QualityOfService.AtMostOnce, payload: $$"""{"Request":"Subscribe","Topic":"{{TopicOf("p1")}}","RC":276}""");
        peer.Publish(Notify, QualityOfService.AtMostOnce, payload: "{");
        peer.Publish(Notify, QualityOfService.AtMostOnce, payload: """{"Request":"Publish"}""");
        Answer(peer, ids[0]);
        await AnswerPingsAsync(peer, sending);
        Assert.Empty(ReportsOf(batch));
    }

    [Fact]
    public async Task A_device_asks_for_no_word()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var sending = SendAsync(batch, QualityOfService.AtLeastOnce, "p1");
        Answer(peer, (await TakeAllAsync(peer, 1))[0]);
        await sending;
        await ProveSilenceAsync(session, peer);
    }

    private static string TopicOf(string deviceId) => $"iot-2/type/pump/id/{deviceId}/evt/status/fmt/json";

    private static Task SendAsync(SendBatch batch, QualityOfService promise, params string[] devices) => Blocking(() =>
    {
        for (var i = 0; i < devices.Length; i++)
        {
            batch.Send(new PendingMessage(TopicOf(devices[i]), "x"u8.ToArray(), promise, i), CancellationToken.None);
        }

        batch.Complete(CancellationToken.None);
    });

    private static async Task<List<ushort>> TakeAllAsync(ScriptedPeer peer, int count)
    {
        var ids = new List<ushort>();
        while (ids.Count < count)
        {
            switch (await peer.ReceiveAsync())
            {
                case MqttPublishPacket publish:
                    ids.Add(publish.PacketIdentifier);
                    break;
                case MqttPingReqPacket:
                    peer.Send(MqttPingRespPacket.Instance);
                    break;
                case var other:
                    Assert.Fail($"{other} was not expected.");
                    break;
            }
        }

        return ids;
    }

    private static void Answer(ScriptedPeer peer, ushort id) => peer.Send(new MqttPubAckPacket { PacketIdentifier = id });

    private static void Tell(ScriptedPeer peer, string deviceId) => peer.Publish(
        Notify,
        QualityOfService.AtMostOnce,
        payload: $$"""{"Request":"Publish","Topic":"{{TopicOf(deviceId)}}","Type":"pump","Id":"{{deviceId}}","Client":"g:abc123:gwt:gw1","RC":180,"Message":"The operation is not authorized."}""");

    /// <summary>Answers what the client asks until its batch is complete.</summary>
    private static async Task AnswerPingsAsync(ScriptedPeer peer, Task sending)
    {
        _ = peer.AnswerAsync(static packet => packet switch
        {
            MqttPingReqPacket => [MqttPingRespPacket.Instance],
            MqttPubRelPacket release => [new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier }],
            _ => [],
        });
        await sending;
    }
}
