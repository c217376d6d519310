# Connects the devices of a CSV, lets each send one event and disconnects them; tells the time of each and what a session costs.
param($Module, $Authority, $Csv, [int] $ThrottleLimit)
$ErrorActionPreference = 'Stop'
Import-Module $Module

function Get-Cost {
    $live = 0
    foreach ($time in 1..3) { $live = [System.GC]::GetTotalMemory($true) }
    @{ Live = $live; Resident = [System.Diagnostics.Process]::GetCurrentProcess().WorkingSet64 }
}

function Measure-Time([string] $Name, [scriptblock] $Action) {
    $clock = [System.Diagnostics.Stopwatch]::StartNew()
    & $Action
    [System.Console]::Out.WriteLine("$Name=$($clock.Elapsed.TotalSeconds.ToString('R', [cultureinfo]::InvariantCulture))")
}

$common = @{ CACertificate = $Authority; ThrottleLimit = $ThrottleLimit }
$rows = @(Import-Csv $Csv | Select-Object *, @{ Name = 'Token'; Expression = { ConvertTo-SecureString $_.Secret -AsPlainText } })

# Once with a few, so that compiling is not measured.
$null = $rows[0..9] | Connect-IoTFDevice @common
Get-IoTFSession | Send-IoTFEvent online @{ version = 3 }
Get-IoTFSession | Disconnect-IoTFSession
$before = Get-Cost
Measure-Time connect { $null = $rows | Connect-IoTFDevice @common }
$idle = Get-Cost
Measure-Time send { Get-IoTFSession | Send-IoTFEvent online @{ version = 3 } }
$after = Get-Cost
$open = @(Get-IoTFSession | Where-Object { $_.State -eq 'Open' -and $_.Acknowledged -eq 1 }).Count
Measure-Time disconnect { Get-IoTFSession | Disconnect-IoTFSession }
[System.Console]::Out.WriteLine("open=$open`nidle=$($idle.Live - $before.Live)`nlive=$($after.Live - $before.Live)`nresident=$($after.Resident - $before.Resident)")
