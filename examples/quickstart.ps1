<#
.SYNOPSIS
    A device and an application exchange messages on this machine, over TLS 1.2.
.DESCRIPTION
    Requires no preparation.
.EXAMPLE
    ./examples/quickstart.ps1

    After ./build.ps1.
.EXAMPLE
    dotnet pwsh ./examples/quickstart.ps1

    Without PowerShell: the .NET SDK brings it. After dotnet tool restore and dotnet pwsh ./build.ps1.
#>

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '..' 'IoTF.psd1')

'1. A local IoT Foundation starts. It is part of the module, and makes a certificate authority of its own.'
$emulator = Start-IoTFEmulator -Port 0
"   It listens on $($emulator.HostName):$($emulator.Port) for the organization '$($emulator.Organization)'."

'2. A device is registered and connects. Its name, its token and the authority to trust come through the pipeline.'
$device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
"   $($device.ClientId) is $($device.State.ToLowerInvariant()), with MQTT $($device.ProtocolVersion) over TLS."

'3. An application gets an API key and connects.'
$application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId dashboard
"   $($application.ClientId) is $($application.State.ToLowerInvariant())."

'4. The device sends an event. The command returns when the service has acknowledged it.'
@{ temperature = 21.5 } | Send-IoTFEvent status

'5. The application receives it:'
$received = Receive-IoTFEvent -Count 1 -Timeout 5
if ($null -eq $received) { throw 'No event arrived within 5 seconds.' }
$received | Out-Default

'6. The application sends the device a command.'
Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1

'7. The device receives it:'
$command = Receive-IoTFCommand -Count 1 -Timeout 5
if ($null -eq $command) { throw 'No command arrived within 5 seconds.' }
$command | Out-Default
"   The command asks for a delay of $($command.Data.delay) s."

'8. The sessions disconnect, and the emulator stops.'
Get-IoTFSession | Disconnect-IoTFSession
Stop-IoTFEmulator
'   Done.'
