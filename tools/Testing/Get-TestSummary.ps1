<#
.SYNOPSIS
    Reads what the test runs of `build.ps1 Test` left behind: an object for each run, with the number that passed, and those that failed or were skipped, with the reason.
.PARAMETER Folder
    The folder with the results.
.PARAMETER Run
    The names of the runs. One that left no results, or ran nothing, has failed.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Folder,
    [Parameter(Mandatory)] [string[]] $Run
)

$ErrorActionPreference = 'Stop'

function New-Outcome($Name, $Reason) {
    [pscustomobject]@{ Name = $Name; Reason = "$Reason".Trim() }
}

# What dotnet test wrote.
function Read-Trx([string] $Path) {
    $results = ([xml](Get-Content $Path -Raw)).TestRun.Results.UnitTestResult
    $passed, $others = $results.Where({ $_.outcome -eq 'Passed' }, 'Split')
    $skipped, $failed = $others.Where({ $_.outcome -eq 'NotExecuted' }, 'Split')
    [pscustomobject]@{
        Passed  = $passed.Count
        Failed  = @($failed | ForEach-Object { New-Outcome $_.testName $_.Output.ErrorInfo.Message })
        Skipped = @($skipped | ForEach-Object { New-Outcome $_.testName ($_.Output.ErrorInfo.Message ?? $_.Output.StdOut) })
    }
}

foreach ($name in $Run) {
    $trx = Join-Path $Folder "$name.trx"
    $json = Join-Path $Folder "$name.json"
    $result = if (Test-Path $trx) { Read-Trx $trx } elseif (Test-Path $json) { Get-Content $json -Raw | ConvertFrom-Json }
    $failed = @($result.Failed)
    if ($result.Passed + $failed.Count -eq 0) { $failed += New-Outcome $name 'Nothing ran, or the run did not come to its end.' }
    [pscustomobject]@{ Run = $name; Passed = [int] $result.Passed; Failed = $failed; Skipped = @($result.Skipped) }
}
