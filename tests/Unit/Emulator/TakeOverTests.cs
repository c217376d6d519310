using IoTF.Emulator;
using IoTF.Mqtt;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A second connection of a client, and a client that is registered again.</summary>
public sealed class TakeOverTests : EmulatorTest
{
    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_client_may_take_over_its_own_connection_where_no_other_may_connect(MqttVersion version)
    {
        Emulator.ConfigureOrganization(null, static options => options with { MaximumConnections = 1 });
        var first = await DeviceAsync(version);
        var second = await DeviceAsync(version);
        await ExpectEndAsync(first, version, MqttDisconnectReasonCode.SessionTakenOver, 288);
        await second.ExpectNothingAsync();
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(Application, "dash"), code: null, closeCode: 173, MqttConnectReasonCode.QuotaExceeded);
        Assert.Equal(1, Emulator.Organizations[0].Connections);
    }

    [Fact]
    public async Task The_limit_holds_when_many_connect_at_once()
    {
        Emulator.ConfigureOrganization(null, static options => options with { MaximumConnections = 3 });
        var clients = new List<RawClient>();
        for (var i = 0; i < 12; i++)
        {
            clients.Add(await OpenAsync(MqttVersion.V311, plain: true));
        }

        using var bound = new CancellationTokenSource(RawClient.Bound);
        for (var i = 0; i < clients.Count; i++)
        {
            clients[i].Link.Send(RawClient.ConnectPacket(Application, $"app{i}"));
        }

        var answers = await Task.WhenAll(clients.Select(async client => await client.Link.ReadAsync(bound.Token)));
        Assert.Equal(3, answers.OfType<MqttConnAckPacket>().Count());
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task A_new_token_closes_the_connection_with_the_old_one_and_keeps_the_session(MqttVersion version)
    {
        var expiry = version == MqttVersion.V5 ? 3_600u : 0u;
        var old = await ConnectAsync(version, RawClient.ConnectPacket(Device, clean: false, expiry: expiry));
        await old.SubscribeAsync((AllCommands, 1));
        var renewed = Emulator.RegisterDevice(organization: null, "pump", "p-001", replace: true);
        await ExpectEndAsync(old, version, MqttDisconnectReasonCode.AdministrativeAction, 94);
        await ExpectRefusedAsync(version, RawClient.ConnectPacket(Device), code: 5, closeCode: 180);
        var back = await KeepAsync(RawClient.ConnectAsync(
            Emulator, version, RawClient.ConnectPacket(renewed, clean: false, expiry: expiry), sessionPresent: version != MqttVersion.V31 ? true : null));
        await (await ApplicationAsync(version)).PublishAsync(LongCommand, "{}", qos: 1);
        await back.ReceiveAsync(Command);
    }

    [Fact]
    public async Task A_device_that_becomes_a_gateway_leaves_no_session_behind()
    {
        var device = await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(Device, clean: false));
        await device.SubscribeAsync((AllCommands, 1));
        var gateway = Emulator.RegisterGateway(organization: null, "pump", "p-001", replace: true);
        await device.ExpectCloseAsync();
        Assert.Empty(Emulator.Sessions);
        await ConnectAsync(MqttVersion.V311, RawClient.ConnectPacket(gateway));
    }

    [Fact]
    public async Task Whoever_is_not_concerned_stays_connected()
    {
        var application = await ApplicationAsync(MqttVersion.V311);
        var gateway = await GatewayAsync(MqttVersion.V311);
        Emulator.RegisterDevice(organization: null, "pump", "p-001", replace: true);
        await application.ExpectNothingAsync();
        await gateway.ExpectNothingAsync();
    }

    private async Task ExpectEndAsync(RawClient client, MqttVersion version, MqttDisconnectReasonCode reasonCode, int closeCode)
    {
        if (version == MqttVersion.V5)
        {
            await client.ExpectDisconnectAsync(reasonCode);
        }
        else
        {
            await client.ExpectCloseAsync();
        }

        Assert.Contains(Emulator.Refusals, refusal => refusal.CloseCode == closeCode);
    }
}
