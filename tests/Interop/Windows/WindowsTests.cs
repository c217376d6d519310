using IoTF.Tests.Interop.Programs;
using IoTF.Tests.Interop.Scripts;
using Xunit;
using Xunit.Abstractions;

namespace IoTF.Tests.Interop.Windows;

/// <summary>The module in Windows' PowerShell, on Wine: what Wine can do of it (docs/windows.md).</summary>
public sealed class WindowsTests(WindowsMachine windows, ITestOutputHelper output) : IClassFixture<WindowsMachine>
{
    [Fact]
    public Task The_module_imports_binds_parameters_and_explains_itself() => WindowsMachine.TryAsync(output, async () =>
    {
        var lines = await windows.RunAsync(
            """
            "windows: $IsWindows"
            (Get-Command -Module IoTF | Sort-Object Name).Name
            try { [pscustomobject]@{ Org = 'a b'; TypeId = 'pump'; DeviceId = 'p1' } | Connect-IoTFDevice -Token ([securestring]::new()) -Insecure -ErrorAction Stop }
            catch { "refused: $($_.FullyQualifiedErrorId)" }
            "help: $((Get-Help Send-IoTFEvent).Synopsis)"
            "parameter: $((Get-Help Send-IoTFEvent -Parameter EventId).name)"
            "topic: $((Get-Help about_IoTF).Length -gt 100)"
            Import-Module (Join-Path (Get-Module IoTF).ModuleBase IoTF.psd1) -Force
            "again: $((Get-Command -Module IoTF).Count)"
            """);

        var named = Exported();
        Assert.Equal(
            [
                "windows: True", .. named, "refused: InvalidOrganization,IoTF.PowerShell.Commands.ConnectIoTFDeviceCommand", "help: Sends events of devices.",
                "parameter: EventId", "topic: True", $"again: {named.Length}",
            ],
            lines);
    });

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public Task A_device_on_Windows_talks_to_an_application_on_Linux(bool tls) => WindowsMachine.TryAsync(output, async () =>
    {
        using var folder = new TemporaryFolder();
        var authority = folder.PathOf("ca.crt");
        using var linux = new ScriptEngine(new Service(0));
        var ports = (await linux.RunAsync(
            """
            param($authority)
            $emulator = Start-IoTFEmulator abc123 -Port 0 -PlainPort 0
            [System.IO.File]::WriteAllText($authority, $emulator.CACertificate.ExportCertificatePem())
            $null = New-IoTFEmulatorDevice pump p1 -Token $service.Token
            $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId linux
            $emulator.Port
            $emulator.PlainPort
            """,
            authority)).OrFail().Output;
        using var application = linux.Start(
            """
            Receive-IoTFEvent status -Count 100 -Timeout 120 | ForEach-Object Text
            Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1
            """);

        var port = ports[tls ? 0 : 1];
        var trust = tls ? $"CACertificate = '{WindowsMachine.WindowsPath(authority)}'" : "Insecure = $true; WarningAction = 'SilentlyContinue'";
        var lines = await windows.RunAsync(
            $$"""
            $token = ConvertTo-SecureString '{{Service.Token}}' -AsPlainText -Force
            $service = @{ HostName = 'localhost'; Port = {{port}}; Token = $token; {{trust}} }
            $session = Connect-IoTFDevice -Organization abc123 -DeviceType pump -DeviceId p1 @service
            "secure: $($session.Secure)"
            "view: $((($session | Out-String -Width 120) -replace '\e\[[0-9;]*m|--+' -replace '\s+', ' ').Trim())"
            1..100 | ForEach-Object { @{ n = $_ } } | Send-IoTFEvent status
            "acknowledged: $($session.Acknowledged)"
            $command = Receive-IoTFCommand -Count 1 -Timeout 120
            "received: $($command.CommandId) $($command.Data.delay)"
            Disconnect-IoTFSession
            "left: $(@(Get-IoTFSession).Count)"
            """);

        Assert.Equal(
            [
                $"secure: {tls}", $"view: Name Role State Sent Received Service d:abc123:pump:p1 Device Open 0 0 localhost:{port}{(tls ? "" : " (plain text)")}",
                "acknowledged: 100", "received: reboot 3", "left: 0",
            ],
            lines);
        var arrived = (await application.WaitForEndAsync()).OrFail().Output.Cast<string>();
        Assert.Equal(Enumerable.Range(1, 100).Select(number => $$"""{"n":{{number}}}"""), arrived);
    });

    /// <summary>The cmdlets that the manifest names.</summary>
    private static string[] Exported() =>
        [.. File.ReadLines(StagedModule.Manifest).Select(line => line.Trim().Trim('\'')).Where(line => line.Contains("-IoTF", StringComparison.Ordinal)).Order(StringComparer.OrdinalIgnoreCase)];
}
