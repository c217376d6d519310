<#
.SYNOPSIS
    A runbook of Azure Automation: reports the devices and gateways that are not connected, and why.
.DESCRIPTION
    When an application subscribes, the service sends the last known status of every device. This runbook receives them for a while, emits an object
    for each disconnected device, and ends.

    Setup: import IoTF from the Gallery as a module for the runtime PowerShell 7.4; make a credential asset whose user name is an API key
    (a-org-key) and whose password is its token; make a runbook of this file and a schedule for it.
.PARAMETER Organization
    The organization, as main.
.PARAMETER CredentialName
    The name of the credential asset.
.PARAMETER Connection
    More parameters for Connect-IoTFApplication, as @{ Domain = 'iot.mas.example.com'; Port = 443 }.
.PARAMETER Seconds
    How long to listen.
.EXAMPLE
    ./azure-automation.ps1 -Organization abc123 -CredentialName plant-monitor
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Organization,
    [Parameter(Mandatory)] [string] $CredentialName,
    [hashtable] $Connection = @{},
    [int] $Seconds = 30
)

$ErrorActionPreference = 'Stop'

$credential = Get-AutomationPSCredential -Name $CredentialName
$session = Connect-IoTFApplication -Organization $Organization -Credential $credential -ApplicationId azure-automation @Connection
try {
    # Only the last status of each device counts.
    $known = [ordered]@{}
    Receive-IoTFStatus -Session $session -Timeout $Seconds | ForEach-Object { $known["$($_.DeviceType):$($_.DeviceId)"] = $_ }
    $known.Values | Where-Object IsConnected -eq $false | ForEach-Object {
        [pscustomobject]@{ DeviceType = $_.DeviceType; DeviceId = $_.DeviceId; Reason = $_.CloseMeaning }
    }
}
finally {
    Disconnect-IoTFSession $session
}
