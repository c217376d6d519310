using System.Text;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>protocol.md §3.3, driven through real connections. The answers are written as in MQTT 3.1.1: 2 and 5.</summary>
public sealed class ConnectTests : EmulatorTest
{
    public static TheoryData<string, string, int, MqttVersion> RefusedClientIds()
    {
        (string Number, string ClientId, int Code)[] rows =
        [
            ("C10", "d:abc123:pump:" + new string('x', 37), 2),
            ("C11", "a:myorg", 5),
            ("C12", "a:myorg:", 5),
            ("C13", "a::myapp", 5),
            ("C14", "a:", 5),
            ("C14", "a::", 5),
            ("C14", "a", 5),
            ("C14", ":", 5),
            ("C14", "", 5),
            ("C15", "a:quickstart:", 5),
            ("C16", "d:quickstart:mytype", 5),
            ("C17", "d:abc123:pump:p/1", 2),
            ("C17", "d:abc123:pump:p+1", 2),
            ("C17", "d:abc123:pump:p#", 2),
            ("C18", "d:abc123:pump:p 1", 2),
            ("C19", "d:abc123:pump:p1:extra", 2),
            ("C20", "D:abc123:pump:p1", 5),
            ("C20", "x:abc123:y", 5),
        ];
        var data = new TheoryData<string, string, int, MqttVersion>();
        foreach (var (number, clientId, code) in rows)
        {
            data.Add(number, clientId, code, MqttVersion.V31);
            data.Add(number, clientId, code, MqttVersion.V311);
            data.Add(number, clientId, code, MqttVersion.V5);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(RefusedClientIds))]
    [Vector("C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17", "C18", "C19", "C20")]
    public async Task C10_to_C20_a_wrong_ClientId_is_answered_with_2_or_5_and_closed(string vector, string clientId, int code, MqttVersion version)
    {
        Assert.NotEmpty(vector);
        await ExpectRefusalAsync(version, RawClient.ConnectPacket(clientId, Device.UserName, Device.Token), code);
        Assert.Equal(code == 2 ? 166 : 180, Emulator.Refusals[^1].CloseCode);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("C9")]
    public async Task C9_the_longest_legal_ClientId_connects(MqttVersion version)
    {
        var longest = Emulator.RegisterDevice(organization: null, new string('t', 36), new string('x', 36));
        var packet = RawClient.ConnectPacket(longest);
        Assert.Equal(82, packet.ClientId.Length);

        await KeepAsync(RawClient.ConnectAsync(Emulator, version, packet, sessionPresent: false));
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("C21")]
    public Task C21_a_scalable_application_without_an_instance_may_not_be_persistent(MqttVersion version) =>
        ExpectRefusalAsync(version, RawClient.ConnectPacket("A:abc123:worker", Application.UserName, Application.Token, clean: false), code: 5);

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("C22")]
    public async Task C22_the_second_connection_with_a_ClientId_closes_the_first(MqttVersion version)
    {
        var first = await ApplicationAsync(version);
        var second = await ApplicationAsync(version);

        if (version == MqttVersion.V5)
        {
            await first.ExpectDisconnectAsync(MqttDisconnectReasonCode.SessionTakenOver);
        }
        else
        {
            await first.ExpectCloseAsync();
        }

        await second.ExpectNothingAsync();
        Assert.Equal(288, Emulator.Refusals[^1].CloseCode);
        Assert.Equal("a:abc123:dash", Assert.Single(Emulator.Connections).ClientId);
    }

    [Fact]
    [Vector("C23")]
    public async Task C23_members_of_a_scalable_application_with_the_same_ClientId_stay_connected_together()
    {
        var packet = RawClient.ConnectPacket("A:abc123:worker", Application.UserName, Application.Token);
        var first = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, packet));
        var second = await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, packet));

        await first.ExpectNothingAsync();
        await second.ExpectNothingAsync();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("X4")]
    public Task X4_a_wrong_token_is_answered_with_5(MqttVersion version) =>
        ExpectRefusalAsync(version, RawClient.ConnectPacket("d:abc123:pump:p-001", Device.UserName, Device.Token + "x"), code: 5);

    [Theory]
    [MemberData(nameof(Versions))]
    [Vector("X5")]
    public Task X5_a_device_with_another_user_name_is_answered_with_5(MqttVersion version) =>
        ExpectRefusalAsync(version, RawClient.ConnectPacket("d:abc123:pump:p-001", "admin", Device.Token), code: 5);

    [Theory]
    [InlineData("d:abc123:pump:unknown", "use-token-auth", true)]
    [InlineData("d:other1:pump:p-001", "use-token-auth", true)]
    [InlineData("g:abc123:pump:p-001", "use-token-auth", true)]
    [InlineData("d:abc123:pump:p-001", "use-token-auth", false)]
    [InlineData("d:abc123:pump:p-001", null, false)]
    [InlineData("a:abc123:dash", "a-abc123-0000000000", true)]
    [InlineData("a:abc123:dash", "use-token-auth", true)]
    [InlineData("d:quickstart:pump:p-001", null, false)]
    public async Task Whoever_is_not_registered_is_answered_with_5(string clientId, string? userName, bool withToken)
    {
        foreach (var version in new[] { MqttVersion.V31, MqttVersion.V311, MqttVersion.V5 })
        {
            await ExpectRefusalAsync(version, RawClient.ConnectPacket(clientId, userName, withToken ? Device.Token : null), code: 5);
        }
    }

    [Fact]
    public async Task A_device_of_another_organization_is_not_let_in_with_its_token()
    {
        var elsewhere = Emulator.RegisterDevice("other1", "pump", "p-001");
        await ExpectRefusalAsync(MqttVersion.V311, RawClient.ConnectPacket("d:abc123:pump:p-001", elsewhere.UserName, elsewhere.Token), code: 5);
        await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, RawClient.ConnectPacket(elsewhere)));
    }

    [Theory]
    [InlineData(3, "MQIsdp")]
    [InlineData(4, "MQTT")]
    public async Task A_password_without_a_user_name_is_closed_without_an_answer(byte level, string name)
    {
        // Flags 0x42: password and clean session. The ClientId follows, then the password.
        byte[] body = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), level, 0x42, 0, 60, 0, 19, .. "d:abc123:pump:p-001"u8, 0, 6, .. "secret"u8];
        await ExpectSilenceAsync([0x10, (byte)body.Length, .. body], 286);
    }

    [Theory]
    [InlineData(6, "MQTT")]
    [InlineData(3, "MQTT")]
    [InlineData(4, "MQXX")]
    public async Task A_wrong_protocol_name_or_level_is_closed_without_an_answer(byte level, string name)
    {
        byte[] body = [0, (byte)name.Length, .. Encoding.ASCII.GetBytes(name), level, 0x02, 0, 60, 0, 0];
        await ExpectSilenceAsync([0x10, (byte)body.Length, .. body], 105);
    }

    [Fact]
    public async Task A_first_packet_that_is_no_CONNECT_is_closed_without_an_answer() => await ExpectSilenceAsync([0xC0, 0x00], 105);

    [Fact]
    public async Task Words_that_are_no_MQTT_are_closed_without_an_answer() => await ExpectSilenceAsync("SSH-2.0-OpenSSH_9.2\r\n"u8.ToArray(), 105);

    [Theory]
    [InlineData(0, 3_600)]
    [InlineData(60, 60)]
    [InlineData(65_535, 3_600)]
    [Vector("X16")]
    public async Task MQTT_5_tells_a_member_of_a_scalable_application_its_keep_alive(ushort asked, int effective)
    {
        var client = await OpenAsync(MqttVersion.V5);
        client.Link.Send(RawClient.ConnectPacket("A:abc123:worker", Application.UserName, Application.Token, keepAlive: asked));
        Assert.Equal(effective, (await client.ExpectAsync<MqttConnAckPacket>()).ServerKeepAlive);
    }

    [Fact]
    public async Task MQTT_5_tells_a_device_what_it_may_use()
    {
        var client = await OpenAsync(MqttVersion.V5);
        client.Link.Send(RawClient.ConnectPacket(Device, clean: true, expiry: uint.MaxValue));
        var connAck = await client.ExpectAsync<MqttConnAckPacket>();

        Assert.Equal(10, connAck.ReceiveMaximum);
        Assert.Equal(8, connAck.TopicAliasMaximum);
        Assert.Equal(MqttQualityOfServiceLevel.ExactlyOnce, connAck.MaximumQoS);
        Assert.Equal((uint)TimeSpan.FromDays(7).TotalSeconds, connAck.SessionExpiryInterval);
        Assert.False(connAck.SubscriptionIdentifiersAvailable);
    }

    [Fact]
    public async Task A_second_CONNECT_closes_the_connection()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        device.Link.Send(RawClient.ConnectPacket(Device));
        await device.ExpectCloseAsync();
    }

    private async Task ExpectRefusalAsync(MqttVersion version, MqttConnectPacket connect, int code)
    {
        var client = await OpenAsync(version);
        client.Link.Send(connect);
        var connAck = await client.ExpectAsync<MqttConnAckPacket>();
        var expected = (version, code) switch
        {
            (MqttVersion.V5, 2) => (int)MqttConnectReasonCode.ClientIdentifierNotValid,
            (MqttVersion.V5, _) => (int)MqttConnectReasonCode.NotAuthorized,
            _ => code,
        };
        Assert.Equal(expected, RawClient.CodeOf(connAck, version));
        Assert.Equal(version == MqttVersion.V5, !string.IsNullOrEmpty(connAck.ReasonString));
        await client.ExpectCloseAsync();
    }

    private async Task ExpectSilenceAsync(byte[] bytes, int closeCode)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await using var stream = await PlainStreamAsync();
        await stream.WriteAsync(bytes, bound.Token);
        Assert.Equal(0, await stream.ReadAsync(new byte[16], bound.Token));
        Assert.Equal(closeCode, Emulator.Refusals[^1].CloseCode);
    }
}
