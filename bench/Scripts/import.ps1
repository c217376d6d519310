param($Module)
$ErrorActionPreference = 'Stop'
$watch = [System.Diagnostics.Stopwatch]::StartNew()
Import-Module $Module
$seconds = $watch.Elapsed.TotalSeconds
[System.Console]::Out.WriteLine([string]::Format([cultureinfo]::InvariantCulture, 'seconds={0:R}', $seconds))
