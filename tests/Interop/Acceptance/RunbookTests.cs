using System.Globalization;
using IoTF.Tests.Interop.Brokers;
using IoTF.Tests.Interop.Certificates;
using IoTF.Tests.Interop.Clients;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Acceptance;

/// <summary><c>examples/runbook.ps1</c> as a scheduler runs it: in a process of its own, with a captured credential and nobody to ask.</summary>
public sealed class RunbookTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public async Task It_sends_its_readings_to_Mosquitto_and_ends_with_0_and_fails_readably_with_a_wrong_token()
    {
        using var certificates = new TestCertificates();
        await using var broker = await MosquittoBroker.StartAsync(new MosquittoOptions
        {
            Plain = false,
            Tls = certificates.Server(),
            Users = new Dictionary<string, string> { [Service.DeviceUser] = Service.Token },
        });
        await RunAsync(broker.TlsPort, certificates.AuthorityFile);
        Assert.Equal(3, broker.Log.Snapshot().Count(line => line.StartsWith("Received PUBLISH from d:abc123:pump:p1 (d0, q1, r0,", StringComparison.Ordinal)));
        await broker.WaitForDisconnectAsync("d:abc123:pump:p1");
    }

    [Fact]
    public async Task It_sends_its_readings_to_the_emulator_and_ends_with_0_and_fails_readably_with_a_wrong_token()
    {
        using var scene = await EmulatorScene.StartAsync();
        await RunAsync(scene.Port, scene.AuthorityFile);
        var received = (await scene.Engine.RunAsync(
            "Receive-IoTFEvent -Session $application -Count 3 -Timeout 30 | ForEach-Object { \"$($_.Data.time) $($_.Data.temperature)\" }")).OrFail().Output;
        Assert.Equal(["08:00 20.5", "09:00 21", "10:00 21.5"], received);
    }

    public void Dispose() => folder.Dispose();

    private async Task RunAsync(int port, string authority)
    {
        await using (var good = await StartAsync(port, authority, Service.Token))
        {
            await good.WaitForSuccessAsync(TimeSpan.FromMinutes(2));
            Assert.Equal(["3 readings were acknowledged as d:abc123:pump:p1."], good.Output.Snapshot());
            Assert.Empty(good.Errors.Snapshot());
        }

        await using var bad = await StartAsync(port, authority, "some-other-token");
        Assert.Equal(1, await bad.WaitForExitAsync(TimeSpan.FromMinutes(2)));
        var said = bad.Errors.Snapshot();
        Assert.StartsWith("The runbook failed (NotAuthorized): ", said[0], StringComparison.Ordinal);
        Assert.Contains("d:abc123:pump:p1", said[0], StringComparison.Ordinal);
        Assert.Contains("token", said[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(said, line => line.Contains("some-other-token", StringComparison.Ordinal));
        Assert.Empty(bad.Output.Snapshot());
    }

    private async Task<RunningProgram> StartAsync(int port, string authority, string token)
    {
        var credential = folder.PathOf("credential.xml");
        using (var engine = new ScriptEngine())
        {
            // What Export-Clixml writes.
            (await engine.RunAsync(
                "param($path, $token) [System.IO.File]::WriteAllText($path, [System.Management.Automation.PSSerializer]::Serialize([pscredential]::new('use-token-auth', $token)))",
                credential,
                Service.Secret(token))).OrFail();
        }

        return ShellProcess.StartFile(
            Path.Combine(StagedModule.Root, "examples", "runbook.ps1"),
            [
                "-ReadingsFile", folder.Write("readings.csv", "time,temperature\n08:00,20.5\n09:00,21\n10:00,21.5\n"),
                "-CredentialFile", credential,
                "-Organization", "abc123", "-DeviceType", "pump", "-DeviceId", "p1",
                "-HostName", "localhost", "-Port", port.ToString(CultureInfo.InvariantCulture), "-CACertificate", authority,
            ]);
    }
}
