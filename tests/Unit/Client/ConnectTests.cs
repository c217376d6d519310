using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Protocol.Connecting;
using IoTF.Protocol.Identities;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ConnectTests : ClientTest
{
    public static TheoryData<MqttVersion> Versions => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_accepted_session_is_open(MqttVersion version)
    {
        var (session, _) = await OpenAsync(Device with { Version = version });
        Assert.Equal(SessionState.Open, session.State);
        Assert.Equal(Clock.GetUtcNow(), session.OpenedAt);
        Assert.Null(session.Fault);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_connect_packet_says_who_connects_and_how(MqttVersion version)
    {
        var longest = new string('x', 36);
        var options = Device with
        {
            Version = version,
            Identity = ClientIdentity.ForDevice("abc123", longest, longest),
            Credential = CredentialOf("use-token-auth", "tökén=1"),
            KeepAlive = TimeSpan.FromSeconds(77),
        };
        var connect = await ConnectPacketOf(options);
        Assert.Equal($"d:abc123:{longest}:{longest}", connect.ClientId);
        Assert.Equal(82, connect.ClientId.Length);
        Assert.Equal("use-token-auth", connect.Username);
        Assert.Equal("tökén=1"u8.ToArray(), connect.Password);
        Assert.Equal(77, connect.KeepAlivePeriod);
        Assert.True(connect.CleanSession);
        Assert.Equal(0u, connect.SessionExpiryInterval);
        Assert.False(connect.WillFlag);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task The_connect_packet_carries_the_last_will(MqttVersion version)
    {
        var will = new LastWill("iot-2/evt/lost/fmt/json", "{}"u8.ToArray(), QualityOfService.AtLeastOnce);
        var connect = await ConnectPacketOf(Device with { Version = version, Will = will });
        Assert.True(connect.WillFlag);
        Assert.Equal((will.Topic, MqttQualityOfServiceLevel.AtLeastOnce, false), (connect.WillTopic, connect.WillQoS, connect.WillRetain));
        Assert.Equal(will.Payload, connect.WillMessage);
    }

    [Theory]
    [InlineData(MqttVersion.V31, 0u)]
    [InlineData(MqttVersion.V311, 0u)]
    [InlineData(MqttVersion.V5, 48u * 3600)]
    public async Task A_persistent_session_is_not_clean_and_in_mqtt_5_has_an_expiry(MqttVersion version, uint expiry)
    {
        var connect = await ConnectPacketOf(Device with { Version = version, Persistent = true });
        Assert.False(connect.CleanSession);
        Assert.Equal(expiry, connect.SessionExpiryInterval);
    }

    [Fact]
    public async Task Without_credential_neither_user_nor_password_is_sent()
    {
        var connect = await ConnectPacketOf(Device);
        Assert.Null(connect.Username);
        Assert.Null(connect.Password);
    }

    [Theory]
    [InlineData(MqttVersion.V31)]
    [InlineData(MqttVersion.V311)]
    public async Task Every_return_code_of_the_older_versions_is_a_fault_with_its_code(MqttVersion version)
    {
        foreach (var code in Enumerable.Range(1, 6).Append(200))
        {
            var fault = await RefusedWith(version, async peer => await peer.SendBytesAsync(0x20, 0x02, 0x00, (byte)code));
            Assert.Equal(code, fault.Code);
            Assert.Contains("d:abc123:pump:p1", fault.Message);
            Assert.NotEmpty(fault.Advice);
            Assert.Equal(code is 1 or 2 or 4 or 5, fault.IsPermanent);
        }
    }

    [Fact]
    public async Task Every_reason_code_of_mqtt_5_is_a_fault_with_its_code()
    {
        foreach (var code in new byte[] { 0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x8C, 0x90, 0x95, 0x97, 0x99, 0x9A, 0x9B, 0x9C, 0x9D, 0x9F })
        {
            var fault = await RefusedWith(MqttVersion.V5, async peer => await peer.SendBytesAsync(0x20, 0x03, 0x00, code, 0x00));
            Assert.Equal(code, fault.Code);
            Assert.NotEmpty(fault.Advice);
        }
    }

    [Fact]
    public async Task A_refusal_that_may_pass_is_told_from_one_that_will_not()
    {
        var busy = await RefusedWith(MqttVersion.V5, async peer => await peer.SendBytesAsync(0x20, 0x03, 0x00, 0x89, 0x00));
        Assert.Equal((ConnectRefusalId.ServiceUnavailable, FaultCategory.Unavailable, false), (busy.Id, busy.Category, busy.IsPermanent));
        var bad = await RefusedWith(MqttVersion.V311, async peer => await peer.SendBytesAsync(0x20, 0x02, 0x00, 0x05));
        Assert.Equal((ConnectRefusalId.NotAuthorized, FaultCategory.Authentication, true), (bad.Id, bad.Category, bad.IsPermanent));
    }

    [Fact]
    public async Task A_connection_closed_without_connack_says_so()
    {
        var fault = await RefusedWith(MqttVersion.V311, peer => peer.CloseAsync());
        Assert.Equal(FaultIds.ClosedBeforeConnAck, fault.Id);
    }

    [Fact]
    public async Task A_connection_reset_instead_of_a_connack_says_so()
    {
        var fault = await RefusedWith(MqttVersion.V311, peer =>
        {
            peer.Reset();
            return Task.CompletedTask;
        });
        Assert.Equal(FaultIds.ClosedBeforeConnAck, fault.Id);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\u00FF\u00FF\u00FF\u00FF\u00FF")]
    public async Task What_does_not_speak_mqtt_is_recognized(string answer)
    {
        var fault = await RefusedWith(MqttVersion.V311, async peer =>
        {
            await peer.SendBytesAsync(System.Text.Encoding.Latin1.GetBytes(answer));
            peer.CloseSending();
        });
        Assert.Contains(fault.Id, new[] { FaultIds.NotMqtt, FaultIds.ClosedBeforeConnAck });
    }

    [Fact]
    public async Task Another_packet_than_connack_is_no_mqtt_server()
    {
        var fault = await RefusedWith(MqttVersion.V311, peer =>
        {
            peer.Send(MqttPingRespPacket.Instance);
            return Task.CompletedTask;
        });
        Assert.Equal(FaultIds.NotMqtt, fault.Id);
    }

    [Fact]
    public async Task A_silent_server_is_left_when_the_time_limit_is_over_and_not_before()
    {
        var session = NewSession(Device with { ConnectTimeout = TimeSpan.FromSeconds(8) });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        Clock.Advance(TimeSpan.FromSeconds(7.9));
        Assert.False(opening.IsCompleted);
        Clock.Advance(TimeSpan.FromSeconds(0.1));
        var fault = await FaultOf(opening);
        Assert.Equal((FaultIds.ConnectTimeout, FaultCategory.Timeout), (fault.Id, fault.Category));
        Assert.Contains("8 s", fault.Message);
        Assert.Null(await peer.ReceiveAsync());
        Assert.Equal(SessionState.Failed, session.State);
    }

    [Fact]
    public async Task A_canceled_connect_is_canceled_and_leaves_no_connection()
    {
        var session = NewSession(Device);
        using var cancel = new CancellationTokenSource();
        var opening = session.OpenAsync(cancel.Token);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening.WaitAsync(Deadline.Limit));
        Assert.Null(await peer.ReceiveAsync());
        Assert.Equal(SessionState.Closed, session.State);
    }

    [Fact]
    public async Task A_closed_port_is_refused()
    {
        var session = NewSession(Device);
        await Server.DisposeAsync();
        var fault = await FaultOf(session.OpenAsync(CancellationToken.None));
        Assert.Equal(FaultIds.ConnectionRefused, fault.Id);
    }

    [Fact]
    public async Task An_error_nobody_thought_of_ends_the_session_with_a_fault()
    {
        var credential = CredentialOf("use-token-auth", "gone");
        credential.Dispose();
        var fault = await FaultOf(NewSession(Device with { Credential = credential }).OpenAsync(CancellationToken.None));
        Assert.Equal(FaultIds.InternalError, fault.Id);
        Assert.Contains(nameof(ObjectDisposedException), fault.Message);
    }

    private async Task<MqttConnectPacket> ConnectPacketOf(SessionOptions options)
    {
        var opening = NewSession(options).OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        var connect = await peer.AcceptClientAsync();
        await opening.WaitAsync(Deadline.Limit);
        return connect;
    }

    private async Task<Fault> RefusedWith(MqttVersion version, Func<ScriptedPeer, Task> refuse)
    {
        var session = NewSession(Device with { Version = version });
        var opening = session.OpenAsync(CancellationToken.None);
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        await refuse(peer);
        var fault = await FaultOf(opening);
        Assert.Equal(SessionState.Failed, session.State);
        Assert.Same(fault, session.Fault);
        return fault;
    }

    [Fact]
    public async Task The_first_connection_is_tried_again_for_as_long_as_is_given_when_what_is_in_the_way_may_pass()
    {
        var session = NewSession(Device with { RetryConnect = TimeSpan.FromSeconds(4) });
        var opening = session.OpenAsync(CancellationToken.None);
        await RefuseAsync();
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1));
        Assert.Equal((SessionState.Connecting, 1), (session.State, session.Attempts));
        Clock.Advance(TimeSpan.FromSeconds(1));
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        peer.Send(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedServerUnavailable });
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1), times: 2);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1), times: 3);
        Clock.Advance(TimeSpan.FromSeconds(1));
        peer = await Server.AcceptAsync();
        await peer.AcceptClientAsync();
        await opening.WaitAsync(Deadline.Limit);
        Assert.Equal((SessionState.Open, 0), (session.State, session.Attempts));
    }

    [Fact]
    public async Task The_time_to_try_the_first_connection_again_ends_with_the_last_reason()
    {
        var session = NewSession(Device with { RetryConnect = TimeSpan.FromSeconds(1) });
        var opening = session.OpenAsync(CancellationToken.None);
        await RefuseAsync();
        await Clock.TimerSetAsync(TimeSpan.FromSeconds(1));
        Clock.Advance(TimeSpan.FromSeconds(1));
        await RefuseAsync();
        Assert.Equal(FaultIds.ClosedBeforeConnAck, (await FaultOf(opening)).Id);
    }

    [Fact]
    public async Task A_refusal_that_will_not_change_is_not_tried_again()
    {
        var session = NewSession(Device with { RetryConnect = TimeSpan.FromHours(1) });
        var opening = session.OpenAsync(CancellationToken.None);
        await (await Server.AcceptAsync()).AcceptClientAsync(new MqttConnAckPacket { ReturnCode = MqttConnectReturnCode.ConnectionRefusedNotAuthorized });
        Assert.Equal(5, (await FaultOf(opening)).Code);
    }

    /// <summary>Ends a connection in place of the answer to its CONNECT.</summary>
    private async Task RefuseAsync()
    {
        var peer = await Server.AcceptAsync();
        await peer.ReceiveAsync<MqttConnectPacket>();
        await peer.CloseAsync();
    }
}
