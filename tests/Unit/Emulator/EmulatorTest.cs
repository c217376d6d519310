using IoTF.Emulator;
using IoTF.Emulator.Registry;
using IoTF.Mqtt;
using IoTF.Mqtt.Transport;
using MQTTnet.Packets;
using MQTTnet.Protocol;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>A local service of its own for each test, on ports the system chose, with the names of protocol.md §11.</summary>
public abstract class EmulatorTest : IAsyncLifetime
{
    protected const string Event = "iot-2/evt/status/fmt/json";
    protected const string LongEvent = "iot-2/type/pump/id/p-001/evt/status/fmt/json";
    protected const string Command = "iot-2/cmd/reboot/fmt/json";
    protected const string LongCommand = "iot-2/type/pump/id/p-001/cmd/reboot/fmt/json";
    protected const string AllCommands = "iot-2/cmd/+/fmt/+";
    protected const string AllEvents = "iot-2/type/+/id/+/evt/+/fmt/+";

    private readonly List<IAsyncDisposable> _clients = [];

    public static TheoryData<MqttVersion> Versions => [MqttVersion.V31, MqttVersion.V311, MqttVersion.V5];

    protected LocalEmulator Emulator { get; private set; } = null!;

    private protected EmulatorCredential Device { get; private set; } = null!;

    private protected EmulatorCredential Gateway { get; private set; } = null!;

    private protected EmulatorCredential Application { get; private set; } = null!;

    protected virtual EmulatorOptions Options { get; } = new() { Organization = "abc123", Port = 0, OfferPlainText = true, PlainPort = 0 };

    public async Task InitializeAsync()
    {
        Emulator = await LocalEmulator.StartAsync(Options, CancellationToken.None);
        Device = Emulator.RegisterDevice(organization: null, "pump", "p-001");
        Gateway = Emulator.RegisterGateway(organization: null, "gwt", "gw1");
        Application = Emulator.CreateApiKey();
    }

    public async Task DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Emulator.DisposeAsync();
    }

    private protected Task<RawClient> DeviceAsync(MqttVersion version, bool plain = false) =>
        KeepAsync(RawClient.ConnectAsync(Emulator, version, RawClient.ConnectPacket(Device), plain: plain));

    private protected Task<RawClient> GatewayAsync(MqttVersion version) =>
        KeepAsync(RawClient.ConnectAsync(Emulator, version, RawClient.ConnectPacket(Gateway)));

    private protected Task<RawClient> ApplicationAsync(MqttVersion version, string applicationId = "dash", bool plain = false) =>
        KeepAsync(RawClient.ConnectAsync(Emulator, version, RawClient.ConnectPacket(Application, applicationId), plain: plain));

    private protected Task<RawClient> QuickstartAsync(MqttVersion version, string clientId) =>
        ConnectAsync(version, RawClient.ConnectPacket(clientId, userName: null, token: null), plain: true);

    private protected Task<RawClient> ConnectAsync(MqttVersion version, MqttConnectPacket packet, bool plain = false) =>
        KeepAsync(RawClient.ConnectAsync(Emulator, version, packet, plain: plain));

    /// <summary>Sends a CONNECT that is refused, and expects the close.</summary>
    /// <param name="code">The return code as in MQTT 3.1.1, 5 or 2; null for a close without CONNACK.</param>
    /// <param name="closeCode">What the service calls it.</param>
    /// <param name="code5">The reason code in MQTT 5, where it is not the one that 5 or 2 stands for.</param>
    private protected async Task ExpectRefusedAsync(
        MqttVersion version, MqttConnectPacket packet, int? code, int closeCode, MqttConnectReasonCode? code5 = null, bool plain = false)
    {
        var client = await OpenAsync(version, plain);
        client.Link.Send(packet);
        var expected = version != MqttVersion.V5
            ? code
            : (int?)code5 ?? (int)(code == 2 ? MqttConnectReasonCode.ClientIdentifierNotValid : MqttConnectReasonCode.NotAuthorized);
        if (expected is not null)
        {
            var connAck = await client.ExpectAsync<MqttConnAckPacket>();
            Assert.Equal(expected, RawClient.CodeOf(connAck, version));
            Assert.Equal(version == MqttVersion.V5, !string.IsNullOrEmpty(connAck.ReasonString));
        }

        await client.ExpectCloseAsync();
        Assert.Equal(closeCode, Emulator.Refusals[^1].CloseCode);
    }

    private protected Task<RawClient> OpenAsync(MqttVersion version, bool plain = false) => KeepAsync(RawClient.OpenAsync(Emulator, version, plain));

    /// <summary>A connection without MQTT.</summary>
    private protected Task<Stream> PlainStreamAsync() =>
        Dialer.DialAsync(new DialTarget("127.0.0.1", Emulator.PlainPort!.Value, Tls: null), CancellationToken.None);

    /// <summary>A client that is closed at the end of the test.</summary>
    private protected async Task<RawClient> KeepAsync(Task<RawClient> opening)
    {
        var client = await opening;
        _clients.Add(client);
        return client;
    }
}
