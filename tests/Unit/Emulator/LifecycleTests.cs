using System.Net;
using System.Net.Sockets;
using IoTF.Emulator;
using IoTF.Mqtt;
using IoTF.Protocol.Credentials;
using IoTF.Protocol.Rules;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

public sealed class LifecycleTests : EmulatorTest
{
    [Fact]
    public async Task Stopping_says_so_to_every_client_and_frees_the_ports()
    {
        var old = await DeviceAsync(MqttVersion.V311);
        var modern = await ApplicationAsync(MqttVersion.V5, plain: true);
        var port = Emulator.Port;

        var stopping = Emulator.StopAsync();
        await old.ExpectCloseAsync();
        await modern.ExpectDisconnectAsync(MqttDisconnectReasonCode.ServerShuttingDown);
        await stopping;

        await using var next = await LocalEmulator.StartAsync(Options with { Port = port }, CancellationToken.None);
        Assert.Equal(port, next.Port);
        Assert.Empty(Emulator.Connections);
        Assert.Equal(EmulatorErrorId.EmulatorStopped, Assert.Throws<EmulatorException>(() => Emulator.CreateApiKey()).ErrorId);
    }

    [Fact]
    public async Task A_port_that_is_in_use_is_an_error_when_it_was_asked_for()
    {
        var error = await Assert.ThrowsAsync<EmulatorException>(() => LocalEmulator.StartAsync(Options with { Port = Emulator.Port }, CancellationToken.None));
        Assert.Equal(EmulatorErrorId.EmulatorPortUnavailable, error.ErrorId);
        Assert.Contains($"{Emulator.Port}", error.Message);
    }

    [Fact]
    public async Task Without_a_port_another_is_found_when_the_usual_one_is_in_use()
    {
        await using var first = await LocalEmulator.StartAsync(Options with { Port = null }, CancellationToken.None);
        await using var second = await LocalEmulator.StartAsync(Options with { Port = null }, CancellationToken.None);
        Assert.NotEqual(first.Port, second.Port);
        Assert.NotEqual(EmulatorOptions.DefaultPort, second.Port);
    }

    [Fact]
    public async Task Plain_text_is_not_offered_unless_asked_for()
    {
        await using var secure = await LocalEmulator.StartAsync(new EmulatorOptions { Port = 0 }, CancellationToken.None);
        Assert.Null(secure.PlainPort);
        Assert.Equal("local1", secure.Organization);
    }

    [Fact]
    public void It_listens_on_loopback_only()
    {
        var listening = System.Net.NetworkInformation.IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners();
        Assert.All(listening.Where(endpoint => endpoint.Port == Emulator.Port || endpoint.Port == Emulator.PlainPort), endpoint => Assert.True(IPAddress.IsLoopback(endpoint.Address)));
        Assert.Contains(listening, endpoint => endpoint.Port == Emulator.Port && endpoint.AddressFamily == AddressFamily.InterNetwork);
    }

    [Fact]
    public void A_device_is_registered_once_unless_it_is_replaced()
    {
        var error = Assert.Throws<EmulatorException>(() => Emulator.RegisterDevice(organization: null, "pump", "p-001"));
        Assert.Equal(EmulatorErrorId.DeviceAlreadyRegistered, error.ErrorId);
        Assert.Throws<EmulatorException>(() => Emulator.RegisterGateway(organization: null, "pump", "p-001"));
        Assert.NotEqual(Device.Token, Emulator.RegisterDevice(organization: null, "pump", "p-001", replace: true).Token);
    }

    [Fact]
    public async Task After_a_replacement_only_the_new_token_connects()
    {
        var renewed = Emulator.RegisterDevice(organization: null, "pump", "p-001", token: "My-own.token(8)", replace: true);
        Assert.Equal("My-own.token(8)", renewed.Token);
        await KeepAsync(RawClient.ConnectAsync(Emulator, MqttVersion.V311, RawClient.ConnectPacket(renewed)));

        var client = await OpenAsync(MqttVersion.V311);
        client.Link.Send(RawClient.ConnectPacket(Device));
        Assert.Equal(MqttConnectReturnCode.ConnectionRefusedNotAuthorized, (await client.ExpectAsync<MqttConnAckPacket>()).ReturnCode);
    }

    [Fact]
    public void Tokens_and_keys_have_the_form_of_the_service_and_are_never_told_by_ToString()
    {
        for (var i = 0; i < 200; i++)
        {
            var credential = Emulator.CreateApiKey();
            Assert.True(DeviceToken.IsWellFormed(credential.Token));
            Assert.InRange(credential.Token.Length, 18, 36);
            Assert.Matches("^a-abc123-[A-Za-z0-9]{10}$", credential.ApiKey);
            Assert.DoesNotContain(credential.Token, credential.ToString());
        }

        Assert.Equal(RuleId.InvalidToken, Assert.Throws<RuleException>(() => Emulator.RegisterDevice(null, "t", "short", token: "short")).RuleId);
        Assert.Equal(EmulatorErrorId.QuickstartHasNoRegistrations, Assert.Throws<EmulatorException>(() => Emulator.CreateApiKey("quickstart")).ErrorId);
    }

    [Fact]
    public async Task Connections_and_messages_are_counted()
    {
        var device = await DeviceAsync(MqttVersion.V311, plain: true);
        var application = await ApplicationAsync(MqttVersion.V5);
        await application.SubscribeAsync((AllEvents, 0));
        await device.PublishAsync(Event, "1", qos: 1);
        await application.ReceiveAsync(LongEvent);

        Assert.Equal((2, 1, 1), (Emulator.ConnectionsTotal, Emulator.MessagesIn, Emulator.MessagesOut));
        var connection = Assert.Single(Emulator.Connections, connection => connection.ClientId == "d:abc123:pump:p-001");
        Assert.Equal((MqttVersion.V311, false, 0), (connection.Version, connection.Secure, connection.Subscriptions));
        Assert.Equal(1, Assert.Single(Emulator.Connections, connection => connection.Secure).Subscriptions);
    }
}
