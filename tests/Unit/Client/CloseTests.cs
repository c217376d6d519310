using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class CloseTests : ClientTest
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Closing_waits_for_what_is_in_flight_and_then_says_goodbye()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        batch.Send(Message("last"), CancellationToken.None);
        var publish = await peer.ReceiveAsync<MqttPublishPacket>();
        var closing = session.CloseAsync(Drain);
        await Clock.TimerSetAsync(Drain);
        Assert.Equal(SessionState.Closing, session.State);
        peer.Send(new MqttPubAckPacket { PacketIdentifier = publish.PacketIdentifier });
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
        Assert.Null(Assert.Single(ReportsOf(batch)).Fault);
        Assert.Equal((SessionState.Closed, FaultIds.SessionClosed), (session.State, session.Fault!.Id));
    }

    [Fact]
    public async Task What_is_not_confirmed_within_the_limit_is_given_back_and_the_goodbye_is_said_all_the_same()
    {
        var (session, peer) = await OpenAsync(Device);
        using (var batch = new SendBatch(session, Tolerance, wantsAll: false))
        {
            batch.Send(Message("a"), CancellationToken.None);
            batch.Send(Message("b", QualityOfService.ExactlyOnce), CancellationToken.None);
        }

        await peer.ReceiveAsync<MqttPublishPacket>();
        await peer.ReceiveAsync<MqttPublishPacket>();
        var closing = session.CloseAsync(Drain);
        await Clock.TimerSetAsync(Drain);
        Clock.Advance(Drain);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        var unconfirmed = await closing.WaitAsync(Deadline.Limit);
        Assert.Equal(["a", "b"], unconfirmed.Select(message => message.Input));
        Assert.All(unconfirmed, message => Assert.Equal(FaultIds.SessionClosed, message.Fault!.Id));
    }

    [Fact]
    public async Task Nothing_follows_the_disconnect()
    {
        var (session, peer) = await OpenAsync(Device with { Subscriptions = [CommandRequest] });
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var message = await Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None));
        var closing = session.CloseAsync(Drain);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        message!.Consume();
        peer.Send(new MqttPubRelPacket { PacketIdentifier = 9 });
        peer.CloseSending();
        await closing.WaitAsync(Deadline.Limit);
        Assert.Empty(await peer.ReceiveToEndAsync());
    }

    [Fact]
    public async Task Closing_does_not_wait_when_the_connection_is_lost_meanwhile()
    {
        var (session, peer) = await OpenAsync(Device);
        using (var batch = new SendBatch(session, Tolerance, wantsAll: false))
        {
            batch.Send(Message("lost"), CancellationToken.None);
        }

        await peer.ReceiveAsync<MqttPublishPacket>();
        var closing = session.CloseAsync(Drain);
        await Clock.TimerSetAsync(Drain);
        await peer.CloseAsync();
        Assert.Equal("lost", Assert.Single(await closing.WaitAsync(Deadline.Limit)).Input);
        Assert.Equal(FaultIds.ConnectionLost, session.Fault!.Id);
    }

    [Fact]
    public async Task Closing_a_session_whose_service_is_silent_ends_when_the_link_counts_as_dead()
    {
        var (session, peer) = await OpenAsync(Device with { KeepAlive = TimeSpan.FromSeconds(4) });
        using (var batch = new SendBatch(session, Tolerance, wantsAll: false))
        {
            batch.Send(Message("lost"), CancellationToken.None);
        }

        await peer.ReceiveAsync<MqttPublishPacket>();
        var closing = session.CloseAsync(Drain);
        await Clock.TimerSetAsync(Drain);
        Clock.Advance(TimeSpan.FromSeconds(6));
        Assert.Single(await closing.WaitAsync(Deadline.Limit));
        Assert.Equal(FaultIds.KeepAliveTimeout, session.Fault!.Id);
    }

    [Fact]
    public async Task A_service_that_does_not_close_its_side_is_left_after_a_short_farewell()
    {
        var (session, peer) = await OpenAsync(Device);
        var closing = session.CloseAsync(TimeSpan.Zero);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(2));
        Assert.False(closing.IsCompleted);
        while (!closing.IsCompleted)
        {
            Clock.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }

        Assert.Empty(await closing);
        Assert.Null(await peer.ReceiveAsync());
    }

    [Fact]
    public async Task Closing_while_connecting_ends_the_connect()
    {
        var session = NewSession(Device);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        Assert.Empty(await session.CloseAsync(Drain).WaitAsync(Deadline.Limit));
        Assert.Equal(FaultIds.SessionClosed, (await FaultOf(opening)).Id);
        Assert.Empty(await peer.ReceiveToEndAsync());
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public async Task Closing_while_subscribing_says_goodbye_because_the_service_has_accepted_the_client()
    {
        var session = NewSession(Device with { Subscriptions = [CommandRequest] });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.ReceiveAsync<MqttSubscribePacket>();
        var closing = session.CloseAsync(Drain);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
        Assert.Equal(FaultIds.SessionClosed, (await FaultOf(opening)).Id);
    }

    [Fact]
    public async Task Closing_twice_and_disposing_do_no_more_than_closing_once()
    {
        var (session, peer) = await OpenAsync(Device);
        var (one, other) = (session.CloseAsync(Drain), session.CloseAsync(TimeSpan.Zero));
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        Assert.Empty(await one.WaitAsync(Deadline.Limit));
        Assert.Empty(await other.WaitAsync(Deadline.Limit));
        await session.DisposeAsync().AsTask().WaitAsync(Deadline.Limit);
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public async Task Closing_after_a_failure_keeps_the_failure()
    {
        var (session, peer) = await OpenAsync(Device with { Subscriptions = [CommandRequest] });
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        peer.Reset();
        var fault = await FaultOf(Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None)));
        Assert.Empty(await session.CloseAsync(Drain).WaitAsync(Deadline.Limit));
        Assert.Equal(SessionState.Failed, session.State);
        Assert.Same(fault, session.Fault);
    }

    [Fact]
    public async Task A_session_that_was_never_opened_can_be_closed_and_not_opened_any_more()
    {
        var session = NewSession(Device);
        Assert.Empty(await session.CloseAsync(Drain).WaitAsync(Deadline.Limit));
        Assert.Equal(SessionState.Closed, session.State);
        Assert.Equal(FaultIds.SessionClosed, (await FaultOf(session.OpenAsync(CancellationToken.None))).Id);
    }

    [Fact]
    public async Task Those_who_wait_for_room_are_told_that_the_session_closes()
    {
        var (session, peer) = await OpenAsync(Device with { MaxInFlight = 1 });
        using var batch = new SendBatch(session, Tolerance, wantsAll: false);
        var sending = Blocking(() =>
        {
            batch.Send(Message(0), CancellationToken.None);
            batch.Send(Message(1), CancellationToken.None);
        });
        await peer.ReceiveAsync<MqttPublishPacket>();
        await Clock.TimerSetAsync(Tolerance);
        var closing = session.CloseAsync(TimeSpan.Zero);
        await sending;
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();

        // The batch is still followed: it reports both, and closing reports neither a second time.
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
        Assert.Equal([1, 0], ReportsOf(batch).Select(message => (int)message.Input!));
    }

    [Fact]
    public async Task No_exception_stays_unobserved()
    {
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            lock (unobserved)
            {
                unobserved.AddRange(args.Exception.InnerExceptions.Where(exception => exception is FaultException));
            }
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await LeaveRequestsBehindAsync();
            for (var i = 0; i < 3; i++)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    /// <summary>A server that closes while a subscription is under way, and one of whose answers nobody waits for any more.</summary>
    private async Task LeaveRequestsBehindAsync()
    {
        var session = NewSession(Device with { Subscriptions = [CommandRequest] });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.ReceiveAsync<MqttSubscribePacket>();
        await peer.CloseAsync();
        await FaultOf(opening);

        var (application, other) = await OpenAsync(Application);
        using var cancel = new CancellationTokenSource();
        var receiving = application.ReceiveAsync(CommandRequest, cancel.Token);
        await other.ReceiveAsync<MqttSubscribePacket>();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        await other.CloseAsync();
        await application.CloseAsync(TimeSpan.Zero).WaitAsync(Deadline.Limit);
    }
}
