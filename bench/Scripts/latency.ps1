# How long one call takes that sends one message and waits for its acknowledgement.
param($Module, $EmptyModule, [int] $Port, [int] $Count)
$ErrorActionPreference = 'Stop'
Import-Module $Module
Import-Module $EmptyModule
$token = ConvertTo-SecureString 'no secret' -AsPlainText
$null = Connect-IoTFDevice -Organization bench -DeviceType pump -DeviceId p1 -Token $token -HostName localhost -Port $Port -MaxInFlight 1000 -Insecure -WarningAction SilentlyContinue
$line = '{"temperature":21.5,"humidity":48.125,"pressure":1013.25,"status":"ok","n":100000000}'
$took = [long[]]::new($Count)
for ($i = -1000; $i -lt $Count; $i++) {
    $start = [System.Diagnostics.Stopwatch]::GetTimestamp()
    Send-IoTFEvent status $line -QoS 1
    if ($i -ge 0) { $took[$i] = [System.Diagnostics.Stopwatch]::GetTimestamp() - $start }
}

# Without the call: how long the message itself was under way, by the receipts of calls of the same kind.
$trips = [long[]]::new($Count)
for ($i = -1000; $i -lt $Count; $i++) {
    $receipt = Send-IoTFEvent status $line -QoS 1 -PassThru
    if ($i -ge 0) { $trips[$i] = $receipt.RoundTrip.Ticks }
}

$calls = [long[]]::new($Count)
for ($i = -1000; $i -lt $Count; $i++) {
    $start = [System.Diagnostics.Stopwatch]::GetTimestamp()
    Send-Nothing status $line -QoS 1
    if ($i -ge 0) { $calls[$i] = [System.Diagnostics.Stopwatch]::GetTimestamp() - $start }
}

function Get-Median($Values) { ($Values | Sort-Object)[[int] ($Count / 2)] }
$frequency = [System.Diagnostics.Stopwatch]::Frequency
[System.Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, "seconds={0:R}`ntrip={1:R}`nempty={2:R}", (Get-Median $took) / $frequency, (Get-Median $trips) / 1e7, (Get-Median $calls) / $frequency))
Disconnect-IoTFSession
