using IoTF.Client.Receiving;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReceptionTests : ReceivingTest
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task The_time_is_over_although_messages_wait()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await PublishAsync(session, peer, "a", "b", "c");
        var reception = new Reception(receiver, count: null, TimeSpan.FromSeconds(2), Clock);
        Assert.Equal("a", Next(reception));
        Clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal("b", Next(reception));
        Clock.Advance(TimeSpan.FromSeconds(0.5));
        Assert.False(reception.TryTake(Pause, out _, CancellationToken.None));
        Assert.Equal("c", TextOf(await TakeAsync(receiver)));
    }

    [Fact]
    public async Task No_time_at_all_takes_what_waited_at_the_start_however_long_that_takes()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        await PublishAsync(session, peer, "a", "b");
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await PublishAsync(session, peer, "c");
        var reception = new Reception(receiver, count: null, TimeSpan.Zero, Clock);
        Assert.Equal("a", Next(reception));
        Clock.Advance(TimeSpan.FromSeconds(20));
        await PublishAsync(session, peer, "too late");
        Assert.Equal("b", Next(reception));
        Assert.Equal("c", Next(reception));
        Assert.False(reception.TryTake(Pause, out _, CancellationToken.None));
        receiver.Leave();
        Assert.Equal("too late", TextOf(await TakeAsync(await session.ReceiveAsync(CommandRequest, CancellationToken.None))));
    }

    [Fact]
    public async Task A_message_that_was_put_back_is_among_those_that_wait()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await PublishAsync(session, peer, "a");
        var reception = new Reception(receiver, count: null, TimeSpan.Zero, Clock);
        Assert.True(reception.TryTake(Pause, out var message, CancellationToken.None));
        receiver.PutBack(message!);
        Assert.Equal("a", Next(reception));
        Assert.False(reception.TryTake(Pause, out _, CancellationToken.None));
    }

    [Fact]
    public async Task A_time_that_is_over_before_anybody_has_looked_still_brings_one_that_waits()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await PublishAsync(session, peer, "a", "b");
        var reception = new Reception(receiver, count: null, TimeSpan.FromMilliseconds(1), Clock);
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("a", Next(reception));
        Assert.False(reception.TryTake(Pause, out _, CancellationToken.None));
    }

    [Fact]
    public async Task It_ends_with_the_last_that_counts()
    {
        var (session, peer) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        await PublishAsync(session, peer, "does not count", "a", "b", "c");
        var reception = new Reception(receiver, count: 2, limit: null, Clock);
        Assert.True(reception.TryTake(Pause, out _, CancellationToken.None));
        Assert.Equal("a", Next(reception));
        Assert.Equal("b", Next(reception));
        Assert.Equal(2, reception.Count);
        Assert.False(reception.TryTake(Pause, out _, CancellationToken.None));
    }

    [Fact]
    public async Task While_nothing_comes_the_caller_gets_a_turn_after_each_pause_until_the_time_is_over()
    {
        var (session, _) = await OpenAsync(WithCommands);
        var receiver = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var reception = new Reception(receiver, count: null, TimeSpan.FromSeconds(1.5), Clock);
        Assert.True(await WaitAsync(TimeSpan.FromSeconds(1)));
        Assert.False(await WaitAsync(TimeSpan.FromSeconds(0.5)));

        async Task<bool> WaitAsync(TimeSpan expected)
        {
            var taking = Blocking(() => reception.TryTake(Pause, out var message, CancellationToken.None) && message is null);
            await Clock.TimerSetAsync(expected);
            Clock.Advance(expected);
            return await taking;
        }
    }

    private static string Next(Reception reception)
    {
        Assert.True(reception.TryTake(Pause, out var message, CancellationToken.None));
        reception.Counted();
        return TextOf(Assert.IsType<ReceivedMessage>(message));
    }

    private static async Task PublishAsync(Session session, ScriptedPeer peer, params string[] payloads)
    {
        foreach (var payload in payloads)
        {
            peer.Publish(Reboot, QualityOfService.AtMostOnce, payload: payload);
        }

        await ProveSilenceAsync(session, peer);
    }
}
