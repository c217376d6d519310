<#
.SYNOPSIS
    An administrator watches: who comes, who goes and why, and what the devices say.
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

'1. A local IoT Foundation starts, and a pump connects that leaves a last will.'
$null = Start-IoTFEmulator -Port 0
$pump = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice -WillEvent lost

'2. An application watches. The service tells what it knows of every device already:'
$watcher = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId watcher
$known = Receive-IoTFStatus -Count 1 -Timeout 5
if ($null -eq $known) { throw 'No status arrived within 5 seconds.' }
$known | Out-Default

'3. A fan connects, sends its temperature and says goodbye; the pump sends, too.'
$fan = New-IoTFEmulatorDevice fan f1 | Connect-IoTFDevice
@{ temperature = 35.5 } | Send-IoTFEvent status -Session $fan
Disconnect-IoTFSession $fan
@{ temperature = 21.5 } | Send-IoTFEvent status -Session $pump

'4. The fan came and went:'
Receive-IoTFStatus -DeviceType fan -Count 2 -Timeout 5 | Out-Default

'5. What the pump says:'
Receive-IoTFEvent -DeviceType pump -Count 1 -Timeout 5 | ForEach-Object { "   $($_.DeviceId): $($_.Data.temperature) degrees" }

'6. Everybody says goodbye. The last will is not sent, because nobody was lost.'
Get-IoTFSession | Disconnect-IoTFSession
Stop-IoTFEmulator
'   Done.'
