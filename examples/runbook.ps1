<#
.SYNOPSIS
    A device sends a CSV file unattended; the exit code is 0 if the service acknowledged every row.
.DESCRIPTION
    Parameters that are not given come from the WIOTP_ variables, or from a file of IBM's clients (-ConfigurationFile).
    Ends with 0 when every row was acknowledged, else with 1 and the reason on the error stream.
.PARAMETER ReadingsFile
    The readings: a CSV file, as Export-Csv writes it.
.PARAMETER CredentialFile
    A credential captured once, by the account that runs this: Get-Credential use-token-auth | Export-Clixml cred.xml
.PARAMETER Credential
    A credential whose password is the token, where a script calls this one.
.PARAMETER ConfigurationFile
    A file of IBM's clients: YAML, ini or .properties.
.PARAMETER Organization
    The organization.
.PARAMETER DeviceType
    The type of the device.
.PARAMETER DeviceId
    The device.
.PARAMETER HostName
    The host, where it does not follow from organization and domain.
.PARAMETER Domain
    The domain of the installation, as iot.mas.example.com.
.PARAMETER Port
    The port. Default: 8883.
.PARAMETER CACertificate
    The certificate authority of a private installation.
.EXAMPLE
    pwsh examples/runbook.ps1 -CredentialFile cred.xml -Organization main -DeviceType pump -DeviceId p1 -Domain iot.mas.example.com -Port 443 -CACertificate ca.crt -ReadingsFile readings.csv
.EXAMPLE
    pwsh examples/runbook.ps1 -ConfigurationFile device.yaml -ReadingsFile readings.csv
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $ReadingsFile,
    [pscredential] $Credential,
    [string] $CredentialFile,
    [string] $ConfigurationFile,
    [string] $Organization,
    [string] $DeviceType,
    [string] $DeviceId,
    [string] $HostName,
    [string] $Domain,
    [int] $Port,
    [string] $CACertificate
)

$ErrorActionPreference = 'Stop'
try {
    # In a checkout the module that was built there, else the installed one.
    $built = Join-Path $PSScriptRoot '..' 'IoTF.psd1'
    Import-Module ((Test-Path $built) ? $built : 'IoTF')

    # Only what was given: the rest is left to the configuration.
    $where = @{}
    foreach ($name in 'Credential', 'ConfigurationFile', 'Organization', 'DeviceType', 'DeviceId', 'HostName', 'Domain', 'Port', 'CACertificate') {
        if ($PSBoundParameters.ContainsKey($name)) { $where[$name] = $PSBoundParameters[$name] }
    }

    if ($CredentialFile) {
        $where.Credential = Import-Clixml $CredentialFile
    }

    $readings = @(Import-Csv $ReadingsFile)
    $session = Connect-IoTFDevice @where

    # Returns when the service has acknowledged every row; a row that it rejects ends the script.
    $readings | Send-IoTFEvent status -Session $session
    Disconnect-IoTFSession $session
    "$($readings.Count) readings were acknowledged as $($session.ClientId)."
    exit 0
}
catch {
    [System.Console]::Error.WriteLine("The runbook failed ($($_.FullyQualifiedErrorId -replace ',.*')): $_")
    if ($_.ErrorDetails.RecommendedAction) { [System.Console]::Error.WriteLine($_.ErrorDetails.RecommendedAction) }
    exit 1
}
