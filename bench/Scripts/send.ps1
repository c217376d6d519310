# Sends the lines of a file, or as many hashtables, through one pipeline, twice in one session: the first time with all that a new process
# has to compile, the second time without.
param($Module, [int] $Port, $CACertificate, [int] $QoS, [int] $MaxInFlight, $Path, $Kind, [int] $Passes)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$security = if ($CACertificate) { @{ CACertificate = $CACertificate } } else { @{ Insecure = $true; WarningAction = 'SilentlyContinue' } }
$token = ConvertTo-SecureString 'no secret' -AsPlainText
$null = Connect-IoTFDevice -Organization bench -DeviceType pump -DeviceId p1 -Token $token -HostName localhost -Port $Port -MaxInFlight $MaxInFlight @security
# Plain strings: those of Get-Content carry where they come from.
$items = [System.IO.File]::ReadAllLines($Path)
if ($Kind -eq 'hashtables') {
    $count = $items.Length
    $items = [object[]]::new($count)
    for ($i = 0; $i -lt $count; $i++) {
        $items[$i] = @{ temperature = 21.5; humidity = 48.125; pressure = 1013.25; status = 'ok'; n = 100000000 + $i }
    }
}

for ($pass = 0; $pass -lt $Passes; $pass++) {
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $items | Send-IoTFEvent status -QoS $QoS
    $seconds = $watch.Elapsed.TotalSeconds
    [System.Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, 'seconds={0:R}', $seconds))
}

Disconnect-IoTFSession
