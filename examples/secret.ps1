<#
.SYNOPSIS
    A device sends an event with a token from a vault of SecretManagement.
.DESCRIPTION
    A credential goes through the pipeline: its password is the token. A secret that is only a token is given as -Token (Get-Secret name).

    To set it up: Install-PSResource Microsoft.PowerShell.SecretManagement, Microsoft.PowerShell.SecretStore; Register-SecretVault; then
    Set-Secret plant-p1 (Get-Credential use-token-auth).
.PARAMETER SecretName
    The name of the secret, a credential.
.PARAMETER Connection
    The device and where it connects: parameters for Connect-IoTFDevice.
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
    @{ started = [datetime]::UtcNow.ToString('o') } | Send-IoTFEvent -EventId status -Session $session
}
finally {
    Disconnect-IoTFSession $session
}
