using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class SendTests : ClientTest
{
    public static TheoryData<MqttVersion, QualityOfService> Promises
    {
        get
        {
            var all = new TheoryData<MqttVersion, QualityOfService>();
            foreach (var version in Enum.GetValues<MqttVersion>())
            {
                foreach (var promise in Enum.GetValues<QualityOfService>())
                {
                    all.Add(version, promise);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Promises))]
    public async Task All_messages_arrive_in_order_and_are_reported_in_order(MqttVersion version, QualityOfService promise)
    {
        const int Count = 500;
        var (session, peer) = await OpenAsync(Device with { Version = version, MaxInFlight = 7, MaxInFlightExactlyOnce = 3 });
        var (received, most) = (new List<string>(), 0);
        var unacknowledged = 0;
        var limit = promise == QualityOfService.ExactlyOnce ? 3 : 7;
        var answering = peer.AnswerAsync(packet =>
        {
            switch (packet)
            {
                case MqttPublishPacket publish:
                    received.Add(ScriptedPeer.TextOf(publish));
                    Assert.False(publish.Dup);
                    if (promise == QualityOfService.AtMostOnce)
                    {
                        return received.Count == Count ? null : [];
                    }

                    most = Math.Max(most, ++unacknowledged);
                    if (promise == QualityOfService.AtLeastOnce)
                    {
                        unacknowledged--;
                        return [new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier }];
                    }

                    return [new MqttPubRecPacket { PacketIdentifier = publish.PacketIdentifier }];
                case MqttPubRelPacket release:
                    unacknowledged--;
                    return [new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier }];
                default:
                    return [];
            }
        });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        await Blocking(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                batch.Send(Message(i, promise), CancellationToken.None);
            }

            batch.Complete(CancellationToken.None);
        });
        Assert.Equal(0, batch.Outstanding);
        var reports = ReportsOf(batch);
        Assert.Equal(Enumerable.Range(0, Count).Cast<object>(), reports.Select(report => report.Input));
        Assert.All(reports, report => Assert.Null(report.Fault));
        if (promise == QualityOfService.AtMostOnce)
        {
            await answering.WaitAsync(Deadline.Limit);
        }

        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), received);
        Assert.InRange(most, 0, limit);
        Assert.Equal((Count, 0), (session.Counters.Sent, session.Counters.Pending));
    }

    [Theory]
    [InlineData(QualityOfService.AtLeastOnce, 4)]
    [InlineData(QualityOfService.ExactlyOnce, 2)]
    public async Task The_window_is_filled_and_never_exceeded(QualityOfService promise, int limit)
    {
        var (session, peer) = await OpenAsync(Device with { MaxInFlight = 4, MaxInFlightExactlyOnce = 2 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 10, promise));
        var ids = new List<ushort>();
        for (var i = 0; i < limit; i++)
        {
            ids.Add((await peer.ReceiveAsync<MqttPublishPacket>()).PacketIdentifier);
        }

        // The sender has begun to wait for room, so what it sent is all that it will send.
        await Clock.TimerSetAsync(Tolerance);
        Assert.Equal(limit, session.Counters.Pending);
        Assert.Equal(limit, session.Counters.Sent);
        Assert.Equal(limit, ids.Distinct().Count());
        Assert.False(sending.IsCompleted);
        await peer.CloseAsync();
        await sending;
    }

    [Fact]
    public async Task In_mqtt_5_the_services_receive_maximum_narrows_the_window()
    {
        var (session, peer) = await OpenAsync(Device with { Version = MqttVersion.V5 }, new MqttConnAckPacket { ReceiveMaximum = 3, MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() => SendAll(batch, 5, QualityOfService.AtLeastOnce));
        for (var i = 0; i < 3; i++)
        {
            await peer.ReceiveAsync<MqttPublishPacket>();
        }

        await Clock.TimerSetAsync(Tolerance);
        Assert.Equal(3, session.Counters.Sent);
        await peer.CloseAsync();
        await sending;
    }

    [Fact]
    public async Task In_mqtt_5_a_message_larger_than_the_service_takes_is_refused_here()
    {
        var (session, peer) = await OpenAsync(Device with { Version = MqttVersion.V5 }, new MqttConnAckPacket { MaximumPacketSize = 100, MaximumQoS = MqttQualityOfServiceLevel.ExactlyOnce });
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var fits = new string('x', 100 - 2 - 2 - Topic.Length - 2 - 1);
        var sending = Blocking(() =>
        {
            batch.Send(Message(fits + "x"), CancellationToken.None);
            batch.Send(Message(fits), CancellationToken.None);
            batch.Complete(CancellationToken.None);
        });
        var arrived = await peer.ReceiveAsync<MqttPublishPacket>();
        Assert.Equal(fits, ScriptedPeer.TextOf(arrived));
        peer.Send(new MqttPubAckPacket { PacketIdentifier = arrived.PacketIdentifier });
        await sending;
        var reports = ReportsOf(batch);
        Assert.Contains("101 bytes", reports[0].Fault!.Message);
        Assert.Null(reports[1].Fault);
    }

    [Fact]
    public async Task In_mqtt_5_a_quality_of_service_that_the_service_does_not_take_is_refused_here()
    {
        var (session, _) = await OpenAsync(
            Device with { Version = MqttVersion.V5 }, new MqttConnAckPacket { MaximumQoS = MqttQualityOfServiceLevel.AtLeastOnce });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        await Blocking(() => SendAll(batch, 1, QualityOfService.ExactlyOnce));
        Assert.Contains("at most QoS 1", Assert.Single(ReportsOf(batch)).Fault!.Message);
    }

    [Fact]
    public async Task Messages_of_quality_0_that_the_network_did_not_take_are_reported_as_lost()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        var large = new string('x', 100_000);

        // Nobody reads, so the network fills up, then the room for what waits; the sender waits for that.
        var sending = Blocking(() =>
        {
            for (var i = 0; i < 400; i++)
            {
                batch.Send(new PendingMessage(Topic, System.Text.Encoding.UTF8.GetBytes(large), QualityOfService.AtMostOnce, i), CancellationToken.None);
            }

            batch.Complete(CancellationToken.None);
        });
        await Clock.TimerSetAsync(Tolerance);
        peer.Reset();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await sending;
        var reports = ReportsOf(batch);
        Assert.Equal(400, reports.Count);
        Assert.Equal(0, batch.Outstanding);
        var written = reports.TakeWhile(report => report.Fault is null).Count();
        Assert.InRange(written, 0, 399);
        Assert.All(reports.Skip(written), report => Assert.NotNull(report.Fault));
    }

    [Fact]
    public async Task A_network_that_takes_nothing_ends_the_wait_of_a_sender_in_time()
    {
        var (session, _) = await OpenAsync(Device with { KeepAlive = TimeSpan.Zero });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var payload = new byte[20_000_000];
        var sending = Blocking(() =>
        {
            batch.Send(new PendingMessage(Topic, payload, QualityOfService.AtMostOnce, "large"), CancellationToken.None);
            batch.Complete(CancellationToken.None);
        });
        await Clock.TimerSetAsync(Tolerance);
        Clock.Advance(Tolerance);
        await sending;
        Assert.Equal(FaultIds.AcknowledgeTimeout, Assert.Single(ReportsOf(batch)).Fault!.Id);
    }

    [Fact]
    public async Task Waiting_for_room_and_waiting_for_acknowledgements_can_be_canceled()
    {
        var (session, peer) = await OpenAsync(Device with { MaxInFlight = 1 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        using var cancel = new CancellationTokenSource();
        var sending = Blocking(() =>
        {
            batch.Send(Message(0), cancel.Token);
            batch.Send(Message(1), cancel.Token);
        });
        await peer.ReceiveAsync<MqttPublishPacket>();
        await Clock.TimerSetAsync(Tolerance);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Equal(1, batch.Outstanding);

        using var cancelLater = new CancellationTokenSource();
        var completing = Blocking(() => batch.Complete(cancelLater.Token));
        await Clock.TimerSetAsync(Tolerance, times: 2);
        await cancelLater.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completing);
        Assert.Equal(1, batch.Outstanding);
    }

    [Fact]
    public async Task Many_threads_send_in_one_session_and_each_gets_the_reports_of_its_own()
    {
        const int Threads = 8;
        const int Each = 400;
        var (session, peer) = await OpenAsync(Device with { MaxInFlight = 5, MaxInFlightExactlyOnce = 2 });
        var received = new List<string>();
        var answering = peer.AnswerAsync(packet => packet switch
        {
            MqttPublishPacket publish => Take(publish),
            MqttPubRelPacket release => [new MqttPubCompPacket { PacketIdentifier = release.PacketIdentifier }],
            _ => null,
        });
        var batches = Enumerable.Range(0, Threads).Select(_ => new SendBatch(session, Tolerance, wantsAll: true)).ToList();
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Blocking(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                batches[thread].Send(Message($"{thread}:{i}", (QualityOfService)(i % 3)), CancellationToken.None);
            }

            batches[thread].Complete(CancellationToken.None);
        })));
        for (var thread = 0; thread < Threads; thread++)
        {
            var reports = ReportsOf(batches[thread]);
            Assert.Equal(Enumerable.Range(0, Each).Select(i => (object)$"{thread}:{i}"), reports.Select(report => report.Input));
            Assert.All(reports, report => Assert.Null(report.Fault));
            batches[thread].Dispose();
        }

        var closing = session.CloseAsync(Tolerance);
        await answering.WaitAsync(Deadline.Limit);
        for (var thread = 0; thread < Threads; thread++)
        {
            Assert.Equal(
                Enumerable.Range(0, Each).Select(i => $"{thread}:{i}"), received.Where(text => text.StartsWith($"{thread}:", StringComparison.Ordinal)));
        }

        await peer.DisposeAsync();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));

        IEnumerable<MqttPacket> Take(MqttPublishPacket publish)
        {
            received.Add(ScriptedPeer.TextOf(publish));
            return (int)publish.QualityOfServiceLevel switch
            {
                0 => [],
                1 => [new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier }],
                _ => [new MqttPubRecPacket { PacketIdentifier = publish.PacketIdentifier }],
            };
        }
    }

    [Fact]
    public async Task Sending_in_a_session_that_is_over_reports_why()
    {
        var (session, peer) = await OpenAsync(Device);
        await session.DisposeAsyncWith(peer);
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        await Blocking(() => SendAll(batch, 2, QualityOfService.AtMostOnce));
        Assert.All(ReportsOf(batch), message => Assert.Equal(FaultIds.SessionClosed, message.Fault!.Id));
        Assert.Equal(0, batch.Outstanding);
    }
}
