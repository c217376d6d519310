# One call per message, at QoS 0, against calls of compiled cmdlets that do nothing, or nothing but write to a socket; in turn, in one process.
param($Module, $EmptyModule, [int] $Port, $Connect, $Publish, [int] $Count, [int] $Runs)
$ErrorActionPreference = 'Stop'
Import-Module $Module
Import-Module $EmptyModule
$token = ConvertTo-SecureString 'no secret' -AsPlainText
$null = Connect-IoTFDevice -Organization bench -DeviceType pump -DeviceId p1 -Token $token -HostName localhost -Port $Port -MaxInFlight 1000 -Insecure -WarningAction SilentlyContinue
[IoTF.Bench.EmptyModule.SendPreparedCommand]::Connect($Port, [System.Convert]::FromBase64String($Connect), [System.Convert]::FromBase64String($Publish))
$line = '{"temperature":21.5,"humidity":48.125,"pressure":1013.25,"status":"ok","n":100000000}'
for ($run = -1; $run -lt $Runs; $run++) {
    # The first round lets the engine compile, and is not told.
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    for ($i = 0; $i -lt $Count; $i++) { Send-Nothing status $line -QoS 0 }
    $empty = $watch.Elapsed.TotalSeconds
    $watch.Restart()
    for ($i = 0; $i -lt $Count; $i++) { Send-Prepared status $line -QoS 0 }
    $prepared = $watch.Elapsed.TotalSeconds
    $watch.Restart()
    for ($i = 0; $i -lt $Count; $i++) { Send-IoTFEvent status $line -QoS 0 }
    $sent = $watch.Elapsed.TotalSeconds
    if ($run -ge 0) {
        [System.Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, "empty={0:R}`nprepared={1:R}`nseconds={2:R}", $empty, $prepared, $sent))
    }
}

Disconnect-IoTFSession
