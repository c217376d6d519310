# Scene A in the PowerShell of Windows, with the emulator on Linux. The last line is 'passed' or says what failed.
$ErrorActionPreference = 'Stop'
try {
    Import-Module Z:\checkout\IoTF.psd1
    $service = Get-Content Z:\run\service.json -Raw | ConvertFrom-Json
    $there = @{ Organization = $service.Organization; HostName = 'localhost'; Port = $service.Port; CACertificate = 'Z:\run\ca.crt' }
    $device = Connect-IoTFDevice @there -DeviceType pump -DeviceId p1 -Token (ConvertTo-SecureString $service.Token -AsPlainText)
    $application = Connect-IoTFApplication @there -ApplicationId dashboard -ApiKey $service.ApiKey -Token (ConvertTo-SecureString $service.Secret -AsPlainText)
    @{ temperature = 21.5 } | Send-IoTFEvent status
    $received = Receive-IoTFEvent -Count 1 -Timeout 30
    $received | Out-Default
    Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1
    $command = Receive-IoTFCommand -Count 1 -Timeout 30
    $command | Out-Default
    Get-IoTFSession | Disconnect-IoTFSession
    if ($received.Data.temperature -ne 21.5 -or $command.Data.delay -ne 3) { throw "An event with 21.5 and a command with 3 were sent; '$($received.Text)' and '$($command.Text)' arrived." }
    if (-not $device.Secure -or -not $application.Secure) { throw 'The sessions are not over TLS.' }
    'passed'
}
catch {
    "failed: $($_.FullyQualifiedErrorId): $_"
}
