using IoTF.Mqtt;
using IoTF.Protocol.Identities;
using IoTF.Tests.Unit.Vectors;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>The legal ClientIds of protocol.md §11.1: each connects in every version. Those that are refused are in <see cref="ConnectTests"/>.</summary>
public sealed class ClientIdTests : EmulatorTest
{
    public static TheoryData<string, string, MqttVersion> ClientIds()
    {
        (string Vector, string ClientId)[] rows =
        [
            ("C1", "d:myorg:mytype:mydev"),
            ("C2", "a:myorg:myapp"),
            ("C3", "A:myorgA:myappA"),
            ("C4", "A:myorgA:myappA:123"),
            ("C5", "g:8xtlax:TestBulkTypeMgd:a"),
            ("C6", "d:quickstart:mytype:mydev"),
            ("C7", "a:quickstart:app1"),
            ("C8", "d:masdev:pump:p.1_a-b"),
        ];
        var data = new TheoryData<string, string, MqttVersion>();
        foreach (var (vector, clientId) in rows)
        {
            data.Add(vector, clientId, MqttVersion.V31);
            data.Add(vector, clientId, MqttVersion.V311);
            data.Add(vector, clientId, MqttVersion.V5);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ClientIds))]
    [Vector("C1", "C2", "C3", "C4", "C5", "C6", "C7", "C8")]
    public async Task A_legal_ClientId_connects(string vector, string clientId, MqttVersion version)
    {
        Assert.True(ClientIdentity.TryParse(clientId, out var identity, out _), vector);
        var credential = identity switch
        {
            { IsQuickstart: true } => null,
            { Role: ClientRole.Device } => Emulator.RegisterDevice(identity.Organization, identity.DeviceType!, identity.DeviceId!),
            { Role: ClientRole.Gateway } => Emulator.RegisterGateway(identity.Organization, identity.DeviceType!, identity.DeviceId!),
            _ => Emulator.CreateApiKey(identity.Organization),
        };

        await ConnectAsync(version, RawClient.ConnectPacket(clientId, credential?.UserName, credential?.Token), plain: identity.IsQuickstart);

        var connection = Assert.Single(Emulator.Connections);
        Assert.Equal((clientId, identity.Role), (connection.ClientId, connection.Role));
    }
}
