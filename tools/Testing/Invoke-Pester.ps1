<#
.SYNOPSIS
    Runs tests/Pester under one version of Pester, in this process, and ends with 1 unless every test of every file was run and passed.
.PARAMETER Pester
    The manifest of the Pester to use.
.PARAMETER ResultFile
    Where the outcomes go, as JSON: Passed (a number), Failed and Skipped (objects with Name and Reason).
.PARAMETER Path
    The test files, or folders of them. Default: tests/Pester.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Pester,
    [Parameter(Mandatory)] [string] $ResultFile,
    [string[]] $Path = (Join-Path $PSScriptRoot '..' '..' 'tests' 'Pester')
)

$ErrorActionPreference = 'Stop'

# The environment of whoever runs this must not connect in place of what a test leaves out.
Remove-Item Env:WIOTP_*
$env:POWERSHELL_UPDATECHECK = 'Off'
$env:POWERSHELL_TELEMETRY_OPTOUT = '1'

Import-Module $Pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = $Path
$configuration.Run.PassThru = $true
$configuration.Output.RenderMode = 'Plaintext'
$run = Invoke-Pester -Configuration $configuration

function New-Outcome($Name, $Reason) {
    [pscustomobject]@{ Name = $Name; Reason = "$Reason" }
}

$skipped = $run.Skipped | ForEach-Object { New-Outcome $_.ExpandedPath ($_.ErrorRecord.Exception.Message -replace '^is skipped(, because )?') }
$failed = @(
    $run.Failed | ForEach-Object { New-Outcome $_.ExpandedPath $_.ErrorRecord }
    $run.FailedBlocks | ForEach-Object { New-Outcome "The block $($_.ExpandedPath)" $_.ErrorRecord }
    $run.FailedContainers | ForEach-Object { New-Outcome "The file $($_.Item)" $_.ErrorRecord }
    $run.NotRun | ForEach-Object { New-Outcome $_.ExpandedPath 'It was not run.' }
    $run.Containers | Where-Object TotalCount -eq 0 | ForEach-Object { New-Outcome "The file $($_.Item)" 'None of its tests ran.' }
    if ($run.PassedCount -eq 0) { New-Outcome 'All' 'No test passed.' }
)
[pscustomobject]@{ Passed = $run.PassedCount; Failed = $failed; Skipped = @($skipped) } | ConvertTo-Json -Depth 3 | Set-Content $ResultFile
exit ($failed.Count -gt 0 ? 1 : 0)
