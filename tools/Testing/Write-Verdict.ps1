<#
.SYNOPSIS
    Adds up all runs of `build.ps1 Test` for .ci/run: its last line says how many tests passed and failed, and it ends with 1 when one failed.
.DESCRIPTION
    A skipped test counts as failed, unless its reason begins with "On purpose:".
.PARAMETER SummaryFile
    What build.ps1 Test wrote. A file that is missing is a failure.
.PARAMETER ExitCode
    The exit code of build.ps1 Test. One that no test explains is a failure.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $SummaryFile,
    [Parameter(Mandatory)] [int] $ExitCode
)

$ErrorActionPreference = 'Stop'
$runs = if (Test-Path $SummaryFile) { Get-Content $SummaryFile -Raw | ConvertFrom-Json }
$missed = @($runs.Skipped | Where-Object { $_ -and $_.Reason -notlike 'On purpose:*' })
$missed | ForEach-Object { "Skipped, which counts as failed here: $($_.Name): $($_.Reason)" }
$passed = [int] ($runs | Measure-Object Passed -Sum).Sum
$failed = @($runs.Failed | Where-Object { $_ }).Count + $missed.Count
if ($failed -eq 0 -and ($ExitCode -ne 0 -or $passed -eq 0)) {
    "build.ps1 Test ended with $ExitCode, though no test is reported as failed."
    $failed = 1
}

"$passed passed, $failed failed"
exit ($failed -gt 0 ? 1 : 0)
