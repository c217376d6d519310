<#
.SYNOPSIS
    Builds the module, tests it, or removes what was built.
.DESCRIPTION
    Build   builds the solution and stages the module into bin/, so that Import-Module ./IoTF.psd1 works.
    Test    builds and runs all tests. Where Pester 5.5 or newer is installed, it runs tests/Pester itself as well.
    Clean   removes bin/ and obj/ everywhere, and the help in en-US/.
.PARAMETER Task
    What to do; Build unless given.
.PARAMETER Configuration
    Release unless given.
.EXAMPLE
    ./build.ps1
    Import-Module ./IoTF.psd1
.EXAMPLE
    ./build.ps1 Test
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'

function Invoke-DotNet {
    & dotnet $args
    if ($LASTEXITCODE -ne 0) {
        throw "dotnet $($args[0]) ended with exit code $LASTEXITCODE."
    }
}

function Invoke-Build {
    Invoke-DotNet build ([System.IO.Path]::Combine($PSScriptRoot, 'IoTF.PowerShell.sln')) --configuration $Configuration
}

function Invoke-Test {
    Invoke-DotNet test ([System.IO.Path]::Combine($PSScriptRoot, 'IoTF.PowerShell.sln')) --configuration $Configuration
    $pester = Get-Module -Name Pester -ListAvailable | Where-Object Version -ge '5.5.0'
    if ($null -eq $pester) {
        'Pester 5.5 is not installed: tests/Pester ran on the reader of dotnet test only.'
        return
    }

    Import-Module Pester -MinimumVersion 5.5.0
    $result = Invoke-Pester -Path ([System.IO.Path]::Combine($PSScriptRoot, 'tests', 'Pester')) -PassThru
    if ($result.Result -ne 'Passed') {
        throw "Pester: $($result.FailedCount) of $($result.TotalCount) tests failed."
    }
}

function Clear-Build {
    foreach ($name in 'bin', 'obj') {
        foreach ($folder in [System.IO.Directory]::GetDirectories($PSScriptRoot, $name, [System.IO.SearchOption]::AllDirectories)) {
            if ([System.IO.Directory]::Exists($folder)) {
                [System.IO.Directory]::Delete($folder, $true)
            }
        }
    }

    # Only that of the module: docs/en-US is where it is made from.
    $help = [System.IO.Path]::Combine($PSScriptRoot, 'en-US')
    if ([System.IO.Directory]::Exists($help)) {
        [System.IO.Directory]::Delete($help, $true)
    }
}

switch ($Task) {
    'Build' { Invoke-Build }
    'Test' { Invoke-Test }
    'Clean' { Clear-Build }
}
