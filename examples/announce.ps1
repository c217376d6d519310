<#
.SYNOPSIS
    A GitHub or GitLab job announces a new software version to devices.
.DESCRIPTION
    The organization, the API key and its token are in the environment, as the variables of IBM's clients: WIOTP_AUTH_KEY and WIOTP_AUTH_TOKEN. Jobs get them
    from the secrets of the project; nothing of it is in a file or on a command line. Ends with an error when a command was not acknowledged by the service.
.PARAMETER DevicesFile
    A CSV file with the columns DeviceType and DeviceId.
.PARAMETER Version
    The version.
.EXAMPLE
    ./examples/announce.ps1 -DevicesFile devices.csv -Version 1.4.0
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $DevicesFile,
    [Parameter(Mandatory)] [string] $Version
)

$ErrorActionPreference = 'Stop'

$session = Connect-IoTFApplication -ApplicationId announce -SendOnly
try {
    Import-Csv $DevicesFile | Send-IoTFCommand -CommandId update -Data @{ version = $Version } -Session $session
    "Version $Version was announced to the devices in $DevicesFile."
}
finally {
    Disconnect-IoTFSession $session
}
