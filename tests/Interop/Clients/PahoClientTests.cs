using System.Globalization;
using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;

namespace IoTF.Tests.Interop.Clients;

/// <summary>Paho for Python as a raw device of the emulator, over TLS.</summary>
public sealed class PahoClientTests
{
    [Theory]
    [InlineData("3.1", 5)]
    [InlineData("3.1.1", 5)]
    [InlineData("5.0", 0x87)]
    public async Task A_device_of_each_version_sends_an_event_gets_a_command_and_is_refused_with_a_wrong_token(string version, int refusal)
    {
        using var scene = await EmulatorScene.StartAsync();
        await using (var device = Start(scene, version, Service.Token))
        {
            await device.WaitForLineAsync(line => line == "connected|0");
            await device.WaitForLineAsync(line => line == "subscribed|1");
            await device.WaitForLineAsync(line => line == "acknowledged");
            var received = (await scene.Engine.RunAsync(
                """
                Receive-IoTFEvent -Session $application -Count 1 -Timeout 30 | ForEach-Object { $_.Text }
                Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1 -Session $application
                """)).OrFail().Output;
            Assert.Equal("{\"from\":\"paho\"}", Assert.Single(received));
            await device.WaitForLineAsync(line => line == "command|iot-2/cmd/reboot/fmt/json|{\"delay\":3}");
            await device.WaitForSuccessAsync();
        }

        await using var refused = Start(scene, version, "some-other-token");
        await refused.WaitForLineAsync(line => line == string.Create(CultureInfo.InvariantCulture, $"connected|{refusal}"));
    }

    private static RunningProgram Start(EmulatorScene scene, string version, string token) => RunningProgram.Start(
        DebianProgram.Python,
        [
            Path.Combine(StagedModule.Root, "tests", "Interop", "Python", "paho_device.py"),
            version,
            scene.Port.ToString(CultureInfo.InvariantCulture),
            scene.AuthorityFile,
            "d:abc123:pump:p1",
            token,
        ]);
}
