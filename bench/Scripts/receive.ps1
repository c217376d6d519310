# Receives as an application until the count is reached; says when it begins, when it has all, and what it missed meanwhile.
param($Module, [int] $Port, $CACertificate, [int] $Count, [switch] $ReadData)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$security = if ($CACertificate) { @{ CACertificate = $CACertificate } } else { @{ Insecure = $true; WarningAction = 'SilentlyContinue' } }
$token = ConvertTo-SecureString 'no secret' -AsPlainText
$session = Connect-IoTFApplication -Organization bench -ApplicationId watcher -ApiKey a-bench-0123456789 -Token $token -HostName localhost -Port $Port @security
[System.Console]::Out.WriteLine('ready')
if ($ReadData) {
    Receive-IoTFEvent -Count $Count -WarningAction SilentlyContinue | ForEach-Object { $null = $_.Data.temperature }
}
else {
    Receive-IoTFEvent -Count $Count -WarningAction SilentlyContinue > $null
}

[System.Console]::Out.WriteLine('done')
[System.Console]::Out.WriteLine("dropped=$($session.Dropped)")
Disconnect-IoTFSession -WarningAction SilentlyContinue
