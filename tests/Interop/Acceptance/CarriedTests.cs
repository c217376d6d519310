using System.Globalization;
using System.Management.Automation;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Messages are really carried: to and from a Mosquitto that speaks TLS 1.2 only, with a CA of its own, and checks user and password.</summary>
public sealed class CarriedTests : IAsyncLifetime
{
    private const string Organization = "abc123", ApiKey = "a-abc123-key4567890";

    private readonly TestCertificates certificates = new();
    private MosquittoBroker broker = null!;

    public static TheoryData<string, int> VersionsAndQoS { get; } = new()
    {
        { "3.1", 0 }, { "3.1", 1 }, { "3.1", 2 }, { "3.1.1", 0 }, { "3.1.1", 1 }, { "3.1.1", 2 }, { "5.0", 0 }, { "5.0", 1 }, { "5.0", 2 },
    };

    private static string LongPart { get; } = string.Concat(Enumerable.Repeat("aZ0-_.", 6));

    private static string LongestClientId { get; } = $"d:{Organization}:{LongPart}:{LongPart}";

    private Service Service => new(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile };

    private MosquittoClientOptions Client => new(broker.TlsPort)
    {
        AuthorityFile = certificates.AuthorityFile,
        UserName = Service.DeviceUser,
        Password = Service.Token,
    };

    public async Task InitializeAsync() => broker = await MosquittoBroker.StartAsync(new MosquittoOptions
    {
        Plain = false,
        Tls = certificates.Server(),
        OnlyTls12 = true,
        Users = new Dictionary<string, string> { [Service.DeviceUser] = Service.Token, [ApiKey] = Service.Token },
    });

    public async Task DisposeAsync()
    {
        await broker.DisposeAsync();
        certificates.Dispose();
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task An_event_arrives_and_a_command_comes_for_the_longest_ClientId(string version, int qos)
    {
        Assert.Equal(82, LongestClientId.Length);
        using var engine = new ScriptEngine(Service);
        await using var subscriber = await MosquittoSubscriber.StartAsync(Client, new MosquittoSubscription("iot-2/evt/+/fmt/+") { Count = 1 });

        var sent = await engine.RunAsync(
            """
            param($organization, $part, $version, $qos)
            $session = Connect-IoTFDevice -Organization $organization -DeviceType $part -DeviceId $part -ProtocolVersion $version @service
            @{ 'Temperatur in der Küche' = 21.5 } | Send-IoTFEvent status -QoS $qos -PassThru
            $session
            """,
            Organization, LongPart, version, qos);
        await subscriber.WaitForEndAsync();
        await MosquittoPublisher.PublishAsync(Client, "iot-2/cmd/reboot/fmt/json", """{"delay":3,"grund":"Größe"}""", qos);
        var received = await engine.RunAsync(
            """
            $command = Receive-IoTFCommand -Count 1 -Timeout 20
            $command
            $command.Data.delay
            $command.Data.grund
            """);

        sent.OrFail();
        Assert.Empty(sent.Warnings);
        var arrived = Assert.Single(subscriber.Messages);
        Assert.Equal(("iot-2/evt/status/fmt/json", qos, false, """{"Temperatur in der Küche":21.5}"""), (arrived.Topic, arrived.QoS, arrived.Retain, arrived.Text));
        dynamic session = PSObject.AsPSObject(sent.Output[1]);
        Assert.Equal(LongestClientId, session.ClientId);
        Assert.Equal(version, session.ProtocolVersion);

        Assert.Equal(3, received.OrFail().Output.Count);
        dynamic command = PSObject.AsPSObject(received.Output[0]);
        Assert.Equal(("reboot", "json", qos), ((string)command.CommandId, (string)command.Format, (int)command.QoS));
        Assert.Equal((LongPart, LongPart), ((string)command.DeviceType, (string)command.DeviceId));
        Assert.Equal("3", Convert.ToString(received.Output[1], CultureInfo.InvariantCulture));
        Assert.Equal("Größe", received.Output[2]);

        // The broker agrees about the version and the user: Mosquitto numbers 3.1 as 1, 3.1.1 as 2 and 5.0 as 5.
        var number = version switch { "3.1" => "p1", "3.1.1" => "p2", _ => "p5" };
        await broker.Log.WaitForAsync(line => line.Contains($" as {LongestClientId} ({number}, ", StringComparison.Ordinal) && line.EndsWith($"u'{Service.DeviceUser}').", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(VersionsAndQoS))]
    public async Task An_application_sends_a_command_and_receives_an_event(string version, int qos)
    {
        using var engine = new ScriptEngine(Service);
        await using var subscriber = await MosquittoSubscriber.StartAsync(Client, new MosquittoSubscription("iot-2/type/+/id/+/cmd/+/fmt/+") { Count = 1 });

        var sent = await engine.RunAsync(
            """
            param($key, $version, $qos)
            $null = Connect-IoTFApplication -ApiKey $key -Organization abc123 -ApplicationId dashboard -ProtocolVersion $version @service
            Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1 -QoS $qos
            """,
            ApiKey, version, qos);
        await subscriber.WaitForEndAsync();
        await MosquittoPublisher.PublishAsync(Client, "iot-2/type/pump/id/p1/evt/status/fmt/json", """{"temperature":21.5}""", qos);
        var received = await engine.RunAsync("Receive-IoTFEvent -Count 1 -Timeout 20");

        sent.OrFail();
        Assert.Empty(sent.Output);
        var arrived = Assert.Single(subscriber.Messages);
        Assert.Equal(("iot-2/type/pump/id/p1/cmd/reboot/fmt/json", qos, """{"delay":3}"""), (arrived.Topic, arrived.QoS, arrived.Text));
        dynamic message = PSObject.AsPSObject(Assert.Single(received.OrFail().Output));
        Assert.Equal(("pump", "p1", "status", qos), ((string)message.DeviceType, (string)message.DeviceId, (string)message.EventId, (int)message.QoS));
    }
}
