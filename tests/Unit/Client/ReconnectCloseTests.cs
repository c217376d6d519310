using IoTF.Client.Faults;
using IoTF.Client.Sending;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectCloseTests : ReconnectTest
{
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(20);
    private static readonly ReconnectOptions Hours = new(TimeSpan.FromHours(2), TimeSpan.FromHours(2));

    [Fact]
    public async Task Closing_while_waiting_with_nothing_to_deliver_ends_at_once()
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = Hours });
        peer.Reset();
        await WaitingAsync();
        Assert.Empty(await session.CloseAsync(Drain).WaitAsync(Deadline.Limit));
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public async Task Closing_while_waiting_with_something_to_deliver_ends_with_its_limit_and_gives_it_back()
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = Hours });
        await SendOneAsync(session, peer);
        peer.Reset();
        await WaitingAsync();
        var closing = session.CloseAsync(Drain);
        Assert.False(closing.IsCompleted);
        Clock.Advance(Drain);
        Assert.Equal("m", Assert.Single(await closing.WaitAsync(Deadline.Limit)).Input);
        Assert.Equal((SessionState.Closed, FaultIds.SessionClosed), (session.State, session.Fault!.Id));
    }

    [Fact]
    public async Task Closing_while_connecting_again_with_nothing_to_deliver_ends_at_once()
    {
        var (session, peer) = await OpenAsync(Lasting);
        peer = await BreakAsync(peer);
        Assert.Empty(await session.CloseAsync(Drain).WaitAsync(Deadline.Limit));
        Assert.All(await peer.ReceiveToEndAsync(), packet => Assert.IsType<MqttConnectPacket>(packet));
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_in_flight_is_delivered_over_the_next_connection_and_the_goodbye_said(bool lostBefore)
    {
        var (session, peer) = await OpenAsync(Lasting);
        await SendOneAsync(session, peer);
        Task<IReadOnlyList<PendingMessage>> closing;
        if (lostBefore)
        {
            peer = await BreakAsync(peer);
            closing = session.CloseAsync(Drain);
        }
        else
        {
            closing = session.CloseAsync(Drain);
            peer = await BreakAsync(peer);
        }

        await peer.AcceptClientAsync();
        await ProveAsync(peer);
        Assert.True((await peer.ReceiveAsync<MqttPublishPacket>()).Dup);
        Assert.Equal(SessionState.Closing, session.State);
        peer.Send(new MqttPubAckPacket { PacketIdentifier = 1 });
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public async Task The_limit_of_closing_counts_from_the_call_over_all_connections()
    {
        var (session, peer) = await OpenAsync(Lasting);
        await SendOneAsync(session, peer);
        peer = await BreakAsync(peer);
        var closing = session.CloseAsync(Drain);
        Clock.Advance(Drain - TimeSpan.FromSeconds(1));
        await peer.AcceptClientAsync();
        await ProveAsync(peer);
        await peer.ReceiveAsync<MqttPublishPacket>();
        Clock.Advance(TimeSpan.FromSeconds(1));
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        await peer.CloseAsync();
        Assert.Single(await closing.WaitAsync(Deadline.Limit));
    }

    [Theory]
    [InlineData(20, 5, 5)]
    [InlineData(5, 20, 5)]
    public async Task Closing_again_can_only_end_it_earlier(int first, int second, int ends)
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = Hours });
        await SendOneAsync(session, peer);
        peer.Reset();
        await WaitingAsync();
        var closing = session.CloseAsync(TimeSpan.FromSeconds(first));
        var again = session.CloseAsync(TimeSpan.FromSeconds(second));
        Clock.Advance(TimeSpan.FromSeconds(ends - 1));
        Assert.False(closing.IsCompleted || again.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Single(await closing.WaitAsync(Deadline.Limit));
        Assert.Single(await again.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task A_connection_that_is_lost_while_closing_with_nothing_to_deliver_is_not_made_again()
    {
        var (session, peer) = await OpenAsync(Lasting);
        var closing = session.CloseAsync(Drain);
        await peer.ReceiveAsync<MqttDisconnectPacket>();
        peer.Reset();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
        Assert.Equal(SessionState.Closed, session.State);
        Assert.False(Server.IsAwaited);
    }

    [Fact]
    public async Task A_wait_is_cut_short_by_closing_when_there_is_something_to_deliver_but_only_once()
    {
        var (session, peer) = await OpenAsync(Device with { Reconnect = Hours });
        await SendOneAsync(session, peer);
        peer.Reset();
        await WaitingAsync();
        var closing = session.CloseAsync(Drain);
        peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        peer.Reset();
        await Clock.TimerSetAsync(TimeSpan.FromHours(2), times: 2);
        Assert.False(Server.IsAwaited);
        Clock.Advance(Drain);
        Assert.Single(await closing.WaitAsync(Deadline.Limit));
    }

    [Fact]
    public async Task Closing_waits_until_the_service_has_read_messages_that_it_does_not_answer()
    {
        var (session, peer) = await OpenAsync(Device);
        using var batch = new SendBatch(session, Tolerance, wantsAll: true);
        await Blocking(() => SendAll(batch, 3, QualityOfService.AtMostOnce));
        var closing = session.CloseAsync(Drain);
        for (var i = 0; i < 3; i++)
        {
            await peer.ReceiveAsync<MqttPublishPacket>();
        }

        await ProveAsync(peer);
        await peer.ReceiveAsync<MqttDisconnectPacket>();

        // Nothing more comes, and what is still under way to the client is read.
        Assert.Null(await peer.ReceiveAsync());
        Assert.False(closing.IsCompleted);
        await peer.CloseAsync();
        Assert.Empty(await closing.WaitAsync(Deadline.Limit));
    }

    private Task WaitingAsync() => Clock.TimerSetAsync(TimeSpan.FromHours(2));

    /// <summary>Sends a message that is not acknowledged and that nobody follows.</summary>
    private static async Task SendOneAsync(Session session, ScriptedPeer peer)
    {
        using (var batch = new SendBatch(session, Tolerance, wantsAll: false))
        {
            batch.Send(Message("m"), CancellationToken.None);
        }

        await peer.ReceiveAsync<MqttPublishPacket>();
    }
}
