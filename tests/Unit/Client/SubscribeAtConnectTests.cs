using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class SubscribeAtConnectTests : ClientTest
{
    private SessionOptions WithCommands => Device with { Subscriptions = [CommandRequest] };

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_session_is_open_only_when_its_subscriptions_are_granted(MqttVersion version)
    {
        var session = NewSession(WithCommands with { Version = version });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        Assert.Equal(Commands, Assert.Single(subscribe.TopicFilters).Topic);
        Assert.Equal(MqttQualityOfServiceLevel.ExactlyOnce, subscribe.TopicFilters[0].QualityOfServiceLevel);
        Assert.Equal(SessionState.Connecting, session.State);
        Assert.False(opening.IsCompleted);
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.GrantedQoS1] });
        await opening.WaitAsync(Deadline.Limit);
        Assert.Equal(SessionState.Open, session.State);
    }

    [Fact]
    public async Task A_refused_subscription_ends_the_session_and_names_the_filter()
    {
        var fault = await AnsweredWith((peer, subscribe) => peer.Send(
            new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.UnspecifiedError] }));
        Assert.Equal(FaultIds.SubscriptionRefused, fault.Id);
        Assert.Contains(Commands, fault.Message);
        Assert.Equal(0x80, fault.Code);
    }

    [Fact]
    public async Task A_subscription_answered_with_too_few_codes_is_not_taken_for_granted()
    {
        var fault = await AnsweredWith((peer, subscribe) => peer.Send(
            new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [] }));
        Assert.Equal(FaultIds.ProtocolError, fault.Id);
    }

    [Fact]
    public async Task A_server_that_closes_instead_of_answering_the_subscription_is_told_so()
    {
        var session = NewSession(WithCommands);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.ReceiveAsync<MqttSubscribePacket>();
        await peer.CloseAsync();
        var fault = await FaultOf(opening);
        Assert.Equal(FaultIds.ConnectionLost, fault.Id);
        Assert.Contains($"instead of answering the subscription '{Commands}'", fault.Message);
    }

    [Fact]
    public async Task A_subscription_that_is_never_answered_ends_within_the_time_limit()
    {
        var session = NewSession(WithCommands with { ConnectTimeout = TimeSpan.FromSeconds(9) });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await peer.ReceiveAsync<MqttSubscribePacket>();

        // The first is the limit of the handshake.
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(9), times: 2);
        Clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(FaultIds.SubscribeTimeout, (await FaultOf(opening)).Id);
        Assert.IsType<MqttDisconnectPacket>(Assert.Single(await peer.ReceiveToEndAsync()));
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    [InlineData(MqttVersion.V5)]
    public async Task A_client_that_gives_up_after_it_was_accepted_sends_DISCONNECT_so_that_no_last_will_is_sent(MqttVersion version)
    {
        var session = NewSession(WithCommands with { Version = version });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        var subscribe = await peer.ReceiveAsync<MqttSubscribePacket>();
        peer.Send(new MqttSubAckPacket { PacketIdentifier = subscribe.PacketIdentifier, ReasonCodes = [MqttSubscribeReasonCode.UnspecifiedError] });
        Assert.Equal(FaultIds.SubscriptionRefused, (await FaultOf(opening)).Id);
        Assert.IsType<MqttDisconnectPacket>(Assert.Single(await peer.ReceiveToEndAsync()));
    }

    [Fact]
    public async Task Messages_that_come_with_the_connack_and_before_the_suback_are_kept()
    {
        var session = NewSession(WithCommands with { Persistent = true });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        peer.Send(new MqttConnAckPacket { IsSessionPresent = true });
        peer.Publish(Reboot, QualityOfService.AtLeastOnce, 1, "first");
        await peer.GrantAsync();
        await opening.WaitAsync(Deadline.Limit);
        var subscription = await session.ReceiveAsync(CommandRequest, CancellationToken.None);
        var message = await Blocking(() => subscription.Take(Timeout.InfiniteTimeSpan, CancellationToken.None));
        Assert.Equal("first"u8.ToArray(), message!.Payload);
    }

    private async Task<Fault> AnsweredWith(Action<ScriptedPeer, MqttSubscribePacket> answer)
    {
        var session = NewSession(WithCommands);
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        answer(peer, await peer.ReceiveAsync<MqttSubscribePacket>());
        var fault = await FaultOf(opening);
        Assert.Equal(SessionState.Failed, session.State);
        return fault;
    }
}
