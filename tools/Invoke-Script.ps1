<#
.SYNOPSIS
    Runs a script file in a new process of the PowerShell that runs this one, without a profile. Its exit code is in $LASTEXITCODE.
.DESCRIPTION
    The arguments are the path of the script and its parameters, as after pwsh -File.
#>

# `dotnet pwsh` has no program of its own: the process is dotnet, and its first argument the assembly.
$program = [System.Environment]::ProcessPath
$assembly = if ((Split-Path $program -LeafBase) -eq 'dotnet') { [System.Environment]::GetCommandLineArgs()[0] }
$arguments = @($args | ForEach-Object { $_ })
& $program $assembly -NoLogo -NoProfile -NonInteractive -File $arguments
