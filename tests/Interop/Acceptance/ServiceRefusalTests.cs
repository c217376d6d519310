using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Scripts;
using IoTF.Tests.Interop.Servers;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary>Identities that the service refuses, and those that are refused before it is asked.</summary>
public sealed class ServiceRefusalTests
{
    [Theory]
    [InlineData("3.1", 5)]
    [InlineData("3.1.1", 5)]
    [InlineData("5.0", 0x87)]
    public async Task A_wrong_token_is_refused_by_the_service(string version, int code)
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            Tls = certificates.Server(),
            Users = new Dictionary<string, string> { [Service.DeviceUser] = "another token" },
        });
        using var engine = new ScriptEngine(new Service(broker.TlsPort) { AuthorityFile = certificates.AuthorityFile });

        var result = await engine.RunAsync(
            "param($version) Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 -ProtocolVersion $version @service", version);

        var error = Refusals.HasIdAndNextStep("NotAuthorized", result);
        var text = $"{error} {error.NextStep()}";
        Assert.Contains("d:abc123:pump:p1", text, StringComparison.Ordinal);
        Assert.Contains("token may be wrong", text, StringComparison.Ordinal);
        Assert.Contains("may not be registered", text, StringComparison.Ordinal);
        Assert.Equal([code], (await engine.RunAsync("$Error[0].Exception.Code")).OrFail().Output);
    }

    [Theory]
    [InlineData("-Organization abc123 -DeviceType 'water pump' -DeviceId p1", "InvalidDeviceType")]
    [InlineData("-Organization abc123 -DeviceType pump -DeviceId 'p:1'", "InvalidDeviceId")]
    [InlineData("-Organization abc123 -DeviceType pump -DeviceId '1234567890123456789012345678901234567'", "InvalidDeviceId")]
    [InlineData("-Organization 'abc:123' -DeviceType pump -DeviceId p1", "InvalidOrganization")]
    public async Task A_malformed_identity_is_refused_before_any_connection(string identity, string id)
    {
        await using var server = new SilentServer();
        using var engine = new ScriptEngine(new Service(server.Port));

        var result = await engine.RunAsync($"Connect-IoTFDevice {identity} @service");

        Refusals.HasIdAndNextStep(id, result);

        // Connections are accepted in order: had the cmdlet made one, it would stand before this one.
        using var mine = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await mine.ConnectAsync(new IPEndPoint(IPAddress.Loopback, server.Port));
        await mine.SendAsync("mine"u8.ToArray());
        var first = await server.Connections.WaitForAsync(_ => true);
        await first.Received.WaitForAsync(4);
        Assert.Equal("mine"u8.ToArray(), first.Received.ToArray());
    }
}
