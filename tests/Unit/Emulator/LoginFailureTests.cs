using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>Why a login failed: only the emulator can know, and it tells its owner alone.</summary>
public sealed class LoginFailureTests : EmulatorTest
{
    public static TheoryData<string, string, string, string> Failures => new()
    {
        { "d:abc123:pump:p-002", "use-token-auth", "any-token", "Unknown device: 'p-002' of type 'pump' is not registered in 'abc123'." },
        { "d:abc123:pump:p-001", "use-token-auth", "any-token", "Wrong token for the device 'p-001' of type 'pump'." },
        { "d:abc123:pump:p-001", "admin", "any-token", "Wrong user name: devices and gateways connect as 'use-token-auth'." },
        { "d:other1:pump:p-001", "use-token-auth", "any-token", "Wrong organization: the device 'p-001' of type 'pump' is registered in 'abc123', not in 'other1'." },
        { "g:abc123:pump:p-001", "use-token-auth", "any-token", "Unknown gateway: 'p-001' of type 'pump' is registered as a device, whose ClientId begins with 'd:'." },
        { "d:abc123:gwt:gw1", "use-token-auth", "any-token", "Unknown device: 'gw1' of type 'gwt' is registered as a gateway, whose ClientId begins with 'g:'." },
        { "g:abc123:gwt:gw1", "use-token-auth", "any-token", "Wrong token for the gateway 'gw1' of type 'gwt'." },
        { "a:abc123:dash", "a-abc123-unknown", "any-token", "Wrong user name: it is no API key of 'abc123'." },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Refusals_says_what_was_wrong(string clientId, string userName, string token, string reason)
    {
        Emulator.RegisterDevice("other1", "other", "other");
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket(clientId, userName, token), code: 5, closeCode: 180);
        Assert.Equal(reason, Emulator.Refusals[^1].Reason);
    }

    [Fact]
    public async Task Of_an_API_key_the_token_or_the_organization_was_wrong()
    {
        Emulator.RegisterDevice("other1", "other", "other");
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket("a:abc123:dash", Application.UserName, "wrong"), code: 5, closeCode: 180);
        Assert.Equal($"Wrong token for the API key '{Application.ApiKey}'.", Emulator.Refusals[^1].Reason);
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket("a:other1:dash", Application.UserName, Application.Token), code: 5, closeCode: 180);
        Assert.Equal($"Wrong organization: the API key '{Application.ApiKey}' belongs to 'abc123', not to 'other1'.", Emulator.Refusals[^1].Reason);
    }

    [Fact]
    public async Task A_device_that_a_gateway_registered_has_no_token()
    {
        var gateway = await GatewayAsync(MqttVersion.V311);
        await gateway.PublishAsync("iot-2/type/pump/id/behind/evt/e/fmt/json", "{}", qos: 1);
        await ExpectRefusedAsync(MqttVersion.V311, RawClient.ConnectPacket("d:abc123:pump:behind", "use-token-auth", "any-token"), code: 5, closeCode: 180);
        Assert.Equal("The device 'behind' of type 'pump' has no token of its own: the gateway g:abc123:gwt:gw1 registered it.", Emulator.Refusals[^1].Reason);
    }

    [Fact]
    public async Task The_client_is_told_the_same_whatever_was_wrong()
    {
        var answers = new HashSet<string>();
        foreach (var (clientId, userName) in new[] { ("d:abc123:pump:p-001", "use-token-auth"), ("d:abc123:pump:p-002", "use-token-auth"), ("d:abc123:pump:p-001", "admin") })
        {
            var client = await OpenAsync(MqttVersion.V5);
            client.Link.Send(RawClient.ConnectPacket(clientId, userName, "wrong-token"));
            answers.Add((await client.ExpectAsync<MqttConnAckPacket>()).ReasonString);
        }

        Assert.Single(answers);
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task An_API_key_may_have_any_token(MqttVersion version)
    {
        foreach (var token in new[] { "Ab$76s)asj8_s5", "!", "*", "with a blank and = and ü", new string('x', 500) })
        {
            var key = Emulator.CreateApiKey(token: token);
            Assert.Equal(token, key.Token);
            await ConnectAsync(version, RawClient.ConnectPacket(key, "any"));
        }
    }

    [Fact]
    public void What_no_CONNECT_can_carry_is_no_token_of_an_API_key()
    {
        foreach (var token in new[] { "", "half a pair \ud800", "\udc00 the other half", new string('x', 65_536) })
        {
            Assert.Equal(RuleId.InvalidToken, Assert.Throws<RuleException>(() => Emulator.CreateApiKey(token: token)).RuleId);
        }
    }

    [Fact]
    public async Task An_authentication_method_is_refused_and_so_is_AUTH()
    {
        var packet = RawClient.ConnectPacket(Device);
        packet.AuthenticationMethod = "SCRAM-SHA-1";
        packet.AuthenticationData = [1, 2, 3];
        await ExpectRefusedAsync(MqttVersion.V5, packet, code: 5, closeCode: 180);
        Assert.Contains("'SCRAM-SHA-1'", Emulator.Refusals[^1].Reason);

        var device = await DeviceAsync(MqttVersion.V5);
        device.Link.Send(new MqttAuthPacket { ReasonCode = MqttAuthenticateReasonCode.ReAuthenticate, AuthenticationMethod = "SCRAM-SHA-1" });
        await device.ExpectDisconnectAsync(MqttDisconnectReasonCode.ProtocolError);
    }
}
