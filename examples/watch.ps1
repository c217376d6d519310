<#
.SYNOPSIS
    An administrator watches which clients connect and disconnect, why, and which events the devices send.
.DESCRIPTION
    Everything runs on this machine.
.EXAMPLE
    ./examples/watch.ps1

    After ./build.ps1.
.EXAMPLE
    dotnet pwsh ./examples/watch.ps1

    Without PowerShell: the .NET SDK brings it. After dotnet tool restore and dotnet pwsh ./build.ps1.
#>

$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '..' 'IoTF.psd1')

'1. A local IoT Foundation starts, and a pump connects with a last will.'
$null = Start-IoTFEmulator -Port 0
$pump = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice -WillEvent lost

'2. An application watches. The service sends the last known status of every device:'
$watcher = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId watcher
$known = Receive-IoTFStatus -Count 1 -Timeout 5
if ($null -eq $known) { throw 'No status arrived within 5 seconds.' }
$known | Out-Default

'3. A fan connects, sends its temperature and disconnects; the pump sends, too.'
$fan = New-IoTFEmulatorDevice fan f1 | Connect-IoTFDevice
@{ temperature = 35.5 } | Send-IoTFEvent status -Session $fan
Disconnect-IoTFSession $fan
@{ temperature = 21.5 } | Send-IoTFEvent status -Session $pump

'4. The status of the fan:'
Receive-IoTFStatus -DeviceType fan -Count 2 -Timeout 5 | Out-Default

'5. The event of the pump:'
Receive-IoTFEvent -DeviceType pump -Count 1 -Timeout 5 | ForEach-Object { "   $($_.DeviceId): $($_.Data.temperature) degrees" }

'6. The sessions disconnect. No last will is sent, because every client sent DISCONNECT.'
Get-IoTFSession | Disconnect-IoTFSession
Stop-IoTFEmulator
'   Done.'
