<#
.SYNOPSIS
    Imports the module by its name, as after Install-PSResource, and lets a device and an application talk over its emulator.
.PARAMETER ModuleFolder
    The folder of modules in which it is installed.
.PARAMETER Version
    The version that has to be found there.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ModuleFolder,
    [Parameter(Mandatory)] [string] $Version
)

$ErrorActionPreference = 'Stop'
$env:PSModulePath = $ModuleFolder + [System.IO.Path]::PathSeparator + $env:PSModulePath
Import-Module IoTF
$module = Get-Module IoTF
if ("$($module.Version)" -ne $Version -or -not $module.ModuleBase.StartsWith($ModuleFolder)) {
    throw "Import-Module IoTF found version $($module.Version) in $($module.ModuleBase) instead of $Version in $ModuleFolder."
}

$null = Start-IoTFEmulator -Port 0
$null = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
$null = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId dashboard
@{ temperature = 21.5 } | Send-IoTFEvent status
$received = Receive-IoTFEvent -Count 1 -Timeout 30
Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1
$command = Receive-IoTFCommand -Count 1 -Timeout 30
Get-IoTFSession | Disconnect-IoTFSession
Stop-IoTFEmulator
if ($received.Data.temperature -ne 21.5 -or $command.Data.delay -ne 3) {
    throw "An event with temperature 21.5 and a command with delay 3 were sent; '$($received.Text)' and '$($command.Text)' arrived."
}

"IoTF $($module.Version) imports by name, and a device and an application talked over TLS."
