# Sends and receives so many messages in one process, and tells the most memory it had.
param($Module, [int] $Port, [int] $Count, $Direction)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$token = ConvertTo-SecureString 'no secret' -AsPlainText
$common = @{ Organization = 'bench'; Token = $token; HostName = 'localhost'; Port = $Port; Insecure = $true; WarningAction = 'SilentlyContinue' }
if ($Direction -eq 'sending') {
    $null = Connect-IoTFDevice @common -DeviceType pump -DeviceId p1 -MaxInFlight 1000
    $line = '{"temperature":21.5,"humidity":48.125,"pressure":1013.25,"status":"ok","n":100000000}'
    1..$Count | ForEach-Object { $line } | Send-IoTFEvent status -QoS 1
}
else {
    $null = Connect-IoTFApplication @common -ApplicationId watcher -ApiKey a-bench-0123456789
    [System.Console]::Out.WriteLine('ready')
    Receive-IoTFEvent -Count $Count > $null
    [System.Console]::Out.WriteLine('done')
}

$heap = [System.GC]::GetGCMemoryInfo([System.GCKind]::Any).HeapSizeBytes
$live = [System.GC]::GetTotalMemory($true)
$process = [System.Diagnostics.Process]::GetCurrentProcess()
[System.Console]::Out.WriteLine("peak=$($process.PeakWorkingSet64)`nheap=$heap`nlive=$live")
Disconnect-IoTFSession -WarningAction SilentlyContinue
