# A process as a plant has it: devices that send five events a second, and an application whose action counts what arrives.
# Tells once a minute what the process takes, and at the end whether everything that was acknowledged was received.
param($Module, $Authority, [int] $Port, $Key, [int] $Devices, [double] $Minutes)
$ErrorActionPreference = 'Stop'
Import-Module $Module
$token = ConvertTo-SecureString 'bench-token-0' -AsPlainText
$common = @{ Organization = 'local1'; Token = $token; HostName = 'localhost'; Port = $Port; CACertificate = $Authority; Persistent = $true; WarningAction = 'SilentlyContinue' }
$null = Connect-IoTFApplication @common -ApiKey $Key -ApplicationId soak
$seen = [System.Collections.Generic.Dictionary[string, int]]::new()
$action = Register-IoTFAction -Event -EventId tick -MessageData $seen {
    $id = "$($EventArgs.DeviceId) $($EventArgs.Data.n)"
    $Event.MessageData[$id] = 1 + $Event.MessageData[$id]
}
$sessions = @(0..($Devices - 1) | ForEach-Object { [pscustomobject]@{ DeviceType = 'pump'; DeviceId = "d$_" } } | Connect-IoTFDevice @common)

function Write-Figure([string] $Name, $Value) { [System.Console]::Out.WriteLine("$Name=$Value") }

$acknowledged = [System.Collections.Generic.HashSet[string]]::new()
$total = $refused = $twice = 0

# Forgets what was both acknowledged and received, so that the script itself takes no more with time. What comes again later counts as twice then.
function Remove-Pair {
    foreach ($id in @($acknowledged)) {
        if ($seen.ContainsKey($id)) {
            $script:twice += $seen[$id] - 1
            $null = $acknowledged.Remove($id), $seen.Remove($id)
        }
    }
}

$clock = [System.Diagnostics.Stopwatch]::StartNew()
$minute = 0
for ($n = 1; $clock.Elapsed.TotalMinutes -lt $Minutes; $n++) {
    $sessions | Send-IoTFEvent tick @{ n = $n } -PassThru -ErrorAction SilentlyContinue -ErrorVariable lost | ForEach-Object {
        $null = $acknowledged.Add("$($_.ClientId.Split(':')[-1]) $n")
        $total++
    }
    $refused += $lost.Count
    if ($n % 5 -eq 0) {
        # The engine runs the action meanwhile, which it does not during Start-Sleep.
        Wait-Event -SourceIdentifier nothing -Timeout 1
    }

    if ($clock.Elapsed.TotalMinutes -ge $minute) {
        Remove-Pair
        $process = [System.Diagnostics.Process]::GetCurrentProcess()
        Write-Figure heap ([System.GC]::GetTotalMemory($true))
        Write-Figure resident $process.WorkingSet64
        Write-Figure threads $process.Threads.Count
        Write-Figure handles $process.HandleCount
        Write-Figure minute $minute
        $minute++
    }
}

# What is on its way still arrives: the session of the application is persistent.
$limit = [datetime]::UtcNow.AddMinutes(1)
do {
    Wait-Event -SourceIdentifier nothing -Timeout 1
    Remove-Pair
} while ($acknowledged.Count -and [datetime]::UtcNow -lt $limit)

Write-Figure acknowledged $total
Write-Figure refused $refused
Write-Figure missing $acknowledged.Count

# Of those that are left over, the ones that were refused are none that came again.
Write-Figure twice ($twice + [Math]::Max(0, $seen.Count - $refused))
Write-Figure failed $action.Failed
Write-Figure reconnects ($sessions | Measure-Object Reconnects -Sum).Sum
Get-IoTFSession | Disconnect-IoTFSession
