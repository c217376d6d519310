using System.Runtime.CompilerServices;
using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectStateTests : ReconnectTest
{
    [Fact]
    public async Task A_session_says_where_it_stands_why_and_for_how_long_it_has_tried()
    {
        var (session, peer) = await OpenAsync(Lasting);
        Assert.Equal((SessionState.Open, 0, 0, null), (session.State, session.Attempts, session.Reconnects, session.Fault));
        peer = await BreakAsync(peer);
        Assert.Equal((SessionState.Reconnecting, 1, 0, FaultIds.ConnectionLost), (session.State, session.Attempts, session.Reconnects, session.Fault!.Id));
        await peer.ReceiveAsync<MqttConnectPacket>();
        peer.Reset();
        peer = await Server.AcceptAsync();
        Assert.Equal((SessionState.Reconnecting, 2, FaultIds.ClosedBeforeConnAck), (session.State, session.Attempts, session.Fault!.Id));
        await peer.AcceptClientAsync();
        await OpenAgainAsync(session, peer, 1);
        Assert.Equal((SessionState.Open, 0, 1), (session.State, session.Attempts, session.Reconnects));
        peer = await BreakAsync(peer);
        Assert.Equal(1, session.Attempts);
    }

    [Fact]
    public async Task Hundreds_of_cuts_make_one_notice_that_says_how_many()
    {
        const int cuts = 200;
        var (session, peer) = await OpenAsync(Lasting);
        for (var i = 1; i <= cuts; i++)
        {
            peer = await ReplaceAsync(peer);
            await OpenAgainAsync(session, peer, i);
        }

        Assert.Contains($"lost its connection {cuts} times and is connected", Assert.Single(session.TakeNotices()).Message, StringComparison.Ordinal);
        peer = await ReplaceAsync(peer);
        await OpenAgainAsync(session, peer, cuts + 1);
        Assert.Contains("lost its connection and is connected", Assert.Single(session.TakeNotices()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_will_not_change_ends_the_session_with_the_code_of_the_service()
    {
        var (session, peer) = await OpenAsync(WithCommands with { Reconnect = AtOnce });
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var waiting = Blocking(() => receiver.Take(Timeout.InfiniteTimeSpan, CancellationToken.None));
        peer = await BreakAsync(peer);
        await peer.AcceptClientAsync(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized });
        var fault = await FaultOf(waiting);
        await session.CloseAsync(TimeSpan.Zero).WaitAsync(Deadline.Limit);
        Assert.Equal((SessionState.Failed, 5, true), (session.State, fault.Code, fault.IsPermanent));
        Assert.Same(fault, session.Fault);
        Assert.Equal(fault.Message, session.TakeNotices()[^1].Message);
    }

    [Theory]
    [InlineData(0x8B)]
    [InlineData(0x89)]
    [InlineData(0x81)]
    [InlineData(0x00)]
    public async Task A_disconnect_of_the_service_is_made_good_and_its_code_told(int code)
    {
        var (session, peer) = await OpenAsync(Lasting with { Version = MqttVersion.V5 });
        peer.Send(new MqttDisconnectPacket { ReasonCode = (MqttDisconnectReasonCode)code });
        await peer.CloseAsync();
        peer = await Server.AcceptAsync();
        Assert.Equal((FaultIds.ServerDisconnected, (int?)code), (session.Fault!.Id, session.Fault.Code));
        await peer.AcceptClientAsync();
        await OpenAgainAsync(session, peer, 1);
    }

    [Fact]
    public async Task A_session_that_is_taken_over_again_and_again_gives_up_and_says_so()
    {
        var (session, peer) = await OpenAsync(Lasting with { Version = MqttVersion.V5 });
        for (var i = 1; ; i++)
        {
            peer.Send(new MqttDisconnectPacket { ReasonCode = MqttDisconnectReasonCode.SessionTakenOver });
            await peer.CloseAsync();
            if (i == 5)
            {
                break;
            }

            peer = await Server.AcceptAsync();
            await peer.AcceptClientAsync();
            await OpenAgainAsync(session, peer, i);
        }

        await peer.ReceiveToEndAsync().ContinueWith(_ => { }, TaskScheduler.Default);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        await Blocking(() => SendAll(batch, 1, QualityOfService.AtLeastOnce));
        Assert.Equal((FaultIds.RepeatedlyDisconnected, 0x8E), (Assert.Single(ReportsOf(batch)).Fault!.Id, session.Fault!.Code));
    }

    [Fact]
    public async Task A_dead_link_is_replaced()
    {
        var (session, peer) = await OpenAsync(Lasting with { KeepAlive = TimeSpan.FromSeconds(40) });
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(30));
        Clock.Advance(TimeSpan.FromSeconds(60));
        var next = await Server.AcceptAsync();
        Assert.Equal(FaultIds.KeepAliveTimeout, session.Fault!.Id);
        await next.AcceptClientAsync();
        await OpenAgainAsync(session, next, 1);
        Assert.DoesNotContain(await peer.ReceiveToEndAsync(), packet => packet is not MqttPingReqPacket);
    }

    [Fact]
    public async Task Canceling_the_opening_concerns_only_the_first_connection()
    {
        var session = NewSession(Lasting);
        using var cancel = new CancellationTokenSource();
        var opening = session.OpenAsync(cancel.Token);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await opening.WaitAsync(Deadline.Limit);
        peer = await BreakAsync(peer);
        await cancel.CancelAsync();
        await session.OpenAsync(cancel.Token);
        await peer.AcceptClientAsync();
        await OpenAgainAsync(session, peer, 1);
    }

    [Fact]
    public async Task Between_two_tries_nothing_happens_until_the_wait_is_over()
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = new ReconnectOptions(TimeSpan.FromHours(2), TimeSpan.FromHours(2)) });
        peer.Reset();
        await Clock.TimerSetAsync(TimeSpan.FromHours(2));
        Assert.False(Server.IsAwaited);
        Assert.Equal(SessionState.Reconnecting, session.State);
        Clock.Advance(TimeSpan.FromHours(2));
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await OpenAgainAsync(session, peer, 1);
    }

    [Theory]
    [InlineData("a sender")]
    [InlineData("the network")]
    public async Task A_wait_is_cut_short_by_who_sends_and_by_the_network_but_not_below_the_first_wait(string reason)
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = new ReconnectOptions(TimeSpan.FromSeconds(3), TimeSpan.FromHours(2)) });
        peer.Reset();
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(3));
        Clock.Advance(TimeSpan.FromSeconds(3));
        peer = await Server.AcceptAsync();
        peer.Reset();

        // Six seconds, three of them in any case.
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(3), times: 2);
        if (reason == "the network")
        {
            Network.Tell();
        }

        using var batch = reason == "a sender" ? new SendBatch(session, Tolerance, wantsAll: false) : null;
        Assert.False(Server.IsAwaited);
        Clock.Advance(TimeSpan.FromSeconds(3));
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await OpenAgainAsync(session, peer, 1);
    }

    [Fact]
    public async Task A_thousand_lost_connections_leave_no_links_and_no_timers_behind()
    {
        var (session, peer) = await OpenAsync(Lasting);
        var links = new List<WeakReference>();
        for (var i = 1; i <= 1000; i++)
        {
            peer = await ReplaceAsync(peer);
            await OpenAgainAsync(session, peer, i);
            links.Add(new WeakReference(LinkOf(session.Exchange)));
        }

        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        // The last ones may still be ending.
        Assert.InRange(links.Count(link => link.IsAlive), 1, 20);
        Assert.InRange(Clock.LiveTimers, 1, 40);
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_link")]
    private static extern ref Link? LinkOf(Exchange exchange);
}
