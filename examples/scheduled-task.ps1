<#
.SYNOPSIS
    Registers a Windows scheduled task that runs runbook.ps1 every hour, also when no user is logged on.
.DESCRIPTION
    Run it once, in an elevated PowerShell of the account that the task will run as: only that account, on that machine, can read the captured credential.
    The task ends with the exit code of the runbook, which Get-ScheduledTaskInfo shows as LastTaskResult.
.PARAMETER CredentialFile
    The captured credential: Get-Credential use-token-auth | Export-Clixml C:\ProgramData\iotf\cred.xml
.PARAMETER ReadingsFile
    The readings.
.PARAMETER Organization
    The organization.
.PARAMETER DeviceType
    The type of the device.
.PARAMETER DeviceId
    The device.
.EXAMPLE
    ./scheduled-task.ps1 -CredentialFile C:\ProgramData\iotf\cred.xml -ReadingsFile C:\ProgramData\iotf\readings.csv -Organization abc123 -DeviceType pump -DeviceId p1
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $CredentialFile,
    [Parameter(Mandatory)] [string] $ReadingsFile,
    [Parameter(Mandatory)] [string] $Organization,
    [Parameter(Mandatory)] [string] $DeviceType,
    [Parameter(Mandatory)] [string] $DeviceId
)

$ErrorActionPreference = 'Stop'
$runbook = Join-Path $PSScriptRoot 'runbook.ps1'
$arguments = "-NoProfile -NonInteractive -File `"$runbook`" -CredentialFile `"$CredentialFile`" -ReadingsFile `"$ReadingsFile`"" +
    " -Organization $Organization -DeviceType $DeviceType -DeviceId $DeviceId"

# S4U: runs as this account without a stored password.
$task = @{
    TaskName  = 'IoTF readings'
    Action    = New-ScheduledTaskAction -Execute (Get-Command pwsh).Source -Argument $arguments
    Trigger   = New-ScheduledTaskTrigger -Once -At ([datetime]::Today) -RepetitionInterval ([timespan]::FromHours(1))
    Principal = New-ScheduledTaskPrincipal -UserId "$env:USERDOMAIN\$env:USERNAME" -LogonType S4U
    Settings  = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -ExecutionTimeLimit ([timespan]::FromMinutes(30)) -RestartCount 3 -RestartInterval ([timespan]::FromMinutes(5))
}
Register-ScheduledTask @task
