<#
.SYNOPSIS
    A device sends an event with a token from a vault of SecretManagement.
.DESCRIPTION
    The credential is piped, and its password is the token. For a secret that is only a token, use -Token (Get-Secret name).

    Setup: Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore; Register-SecretVault; then
    Set-Secret plant-p1 (Get-Credential use-token-auth).
.PARAMETER SecretName
    The name of the secret, a credential.
.PARAMETER Connection
    Device and host: parameters of Connect-IoTFDevice.
.EXAMPLE
    ./secret.ps1 -SecretName plant-p1 -Connection @{ Organization = 'abc123'; DeviceType = 'pump'; DeviceId = 'p1' }
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $SecretName,
    [Parameter(Mandatory)] [hashtable] $Connection
)

$ErrorActionPreference = 'Stop'

$session = Get-Secret -Name $SecretName | Connect-IoTFDevice @Connection
try {
    @{ started = Get-Date -AsUTC -Format o } | Send-IoTFEvent -EventId status -Session $session
}
finally {
    Disconnect-IoTFSession $session
}
