<#
.SYNOPSIS
    Builds the module, runs a first example, tests it, makes and publishes its package, or removes what was built.
.DESCRIPTION
    Build      builds the solution and stages the module into bin/, so that Import-Module ./IoTF.psd1 works.
    Quickstart builds the module and runs examples/quickstart.ps1: a device and an application exchange messages over TLS on this machine.
    Test       builds everything and runs all tests: those of dotnet test, and tests/Pester under each version of Pester that Directory.Packages.props
               names, each in a process of its own. It fails when a test, a block or a file failed, was not run, or none ran. A test whose
               program is missing is skipped with its reason. The outcomes are in TestResults/.
    Package    builds the module, makes the package for the PowerShell Gallery with PSResourceGet, and runs an example of it in an empty folder.
    Publish    does the same and publishes the package, with the API key in the environment variable PSGALLERY_API_KEY.
    Clean      removes bin/ and obj/ of every project, the staged module, its help, its packages and the test results.

    Runs in PowerShell 7.4 or later. Where it is not installed, the .NET SDK brings it: dotnet tool restore, then dotnet pwsh ./build.ps1 Test
.PARAMETER Task
    What to do. Default: Build.
.PARAMETER Configuration
    Debug or Release. Default: Release.
.PARAMETER NoBuild
    Uses the build in bin/. For Package, Publish and Quickstart.
.PARAMETER OutputFolder
    Where the package goes. Default: package/.
.PARAMETER SigningCertificate
    The SHA-256 fingerprint of a code signing certificate in the store CurrentUser/My. The package is signed with it and, where
    Set-AuthenticodeSignature exists (Windows), so are the module's files. A signed package is not the same twice.
.PARAMETER TimestampServer
    The address of an RFC 3161 time-stamp server. Signatures without a time stamp end with the certificate.
.PARAMETER Repository
    The name of the registered repository that Publish publishes to. A folder needs no API key. Default: PSGallery.
.EXAMPLE
    ./build.ps1
    Import-Module ./IoTF.psd1
.EXAMPLE
    ./build.ps1 Quickstart
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Publish -SigningCertificate $fingerprint -TimestampServer http://timestamp.example.com
.EXAMPLE
    Register-PSResourceRepository plant -Uri //server/modules -Trusted
    ./build.ps1 Publish -Repository plant
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Quickstart', 'Test', 'Package', 'Publish', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [switch] $NoBuild,

    [string] $OutputFolder = (Join-Path $PSScriptRoot 'package'),

    [ValidatePattern('^[0-9A-Fa-f]{64}$', ErrorMessage = 'A SHA-256 fingerprint is 64 hexadecimal digits, "{0}" is not one.')]
    [string] $SigningCertificate,

    [string] $TimestampServer,

    [string] $Repository = 'PSGallery'
)

$ErrorActionPreference = 'Stop'
$solution = Join-Path $PSScriptRoot 'IoTF.PowerShell.sln'
$module = Join-Path $PSScriptRoot 'src' 'IoTF.PowerShell' 'IoTF.PowerShell.csproj'
$testing = Join-Path $PSScriptRoot 'tools' 'Testing'
$testResults = Join-Path $PSScriptRoot 'TestResults'
$invokeScript = Join-Path $PSScriptRoot 'tools' 'Invoke-Script.ps1'

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        # Only what was asked for: the rest may hold a secret.
        throw "dotnet $($args[0]) ended with exit code $LASTEXITCODE."
    }
}

function Remove-Folder([string[]] $Folder) {
    $Folder | Where-Object { Test-Path -LiteralPath $_ } | Remove-Item -Recurse -Force
}

function Build-Module {
    if (-not $NoBuild) {
        Invoke-DotNet build $module --configuration $Configuration --nologo --verbosity quiet
    }
}

function Invoke-Quickstart {
    'The module is built; then a device and an application talk to each other on this machine.'
    Build-Module

    # In a process of its own: the assemblies of a module stay loaded, and the next build has to replace them.
    & $invokeScript (Join-Path $PSScriptRoot 'examples' 'quickstart.ps1')
    if ($LASTEXITCODE -ne 0) {
        throw "examples/quickstart.ps1 ended with exit code $LASTEXITCODE."
    }
}

# A run of tests: its name, and the program that runs them.
function Get-TestRun {
    foreach ($project in Get-ChildItem (Join-Path $PSScriptRoot 'tests' '*' '*.csproj') | Sort-Object BaseName) {
        [pscustomobject]@{
            Name      = $project.BaseName
            Program   = 'dotnet'
            Arguments = 'test', $project.FullName, '--configuration', $Configuration, '--no-build', '--nologo',
                '--logger', "trx;LogFileName=$($project.BaseName).trx", '--results-directory', $testResults
        }
    }

    Invoke-DotNet restore $testing --verbosity quiet | Out-Host
    $packages = Invoke-DotNet msbuild $testing '-getProperty:NuGetPackageRoot' '-getProperty:PesterVersions' | Out-String | ConvertFrom-Json
    foreach ($version in $packages.Properties.PesterVersions -split ';') {
        [pscustomobject]@{
            Name      = "Pester $version"
            Program   = $invokeScript
            Arguments = (Join-Path $testing 'Invoke-Pester.ps1'),
                '-Pester', (Join-Path $packages.Properties.NuGetPackageRoot 'pester' $version 'tools' 'Pester.psd1'),
                '-ResultFile', (Join-Path $testResults "Pester $version.json")
        }
    }
}

function Invoke-Test {
    # The tests start the PowerShell of the tool manifest.
    Invoke-DotNet tool restore --tool-manifest (Join-Path $PSScriptRoot '.config' 'dotnet-tools.json')
    Invoke-DotNet build $solution --configuration $Configuration --nologo --verbosity quiet

    # A warning is an error: the sources are ready for the runtime of the newest PowerShell, too.
    Invoke-DotNet build $module --configuration $Configuration --nologo --verbosity quiet '-p:ModuleFramework=net10.0'
    Remove-Folder $testResults
    $null = New-Item $testResults -ItemType Directory

    # Two at a time: most tests wait for another program, and those that measure time run alone in their own run, at its end.
    $runs = Get-TestRun
    $failed = $runs | ForEach-Object -ThrottleLimit 2 -Parallel {
        $run = $_
        & $run.Program $run.Arguments 2>&1 | ForEach-Object { Write-Host "$($run.Name)> $_" }
        if ($LASTEXITCODE -ne 0) { $run.Name }
    }

    $summaries = & (Join-Path $testing 'Get-TestSummary.ps1') -Folder $testResults -Run $runs.Name
    ConvertTo-Json @($summaries) -Depth 3 | Set-Content (Join-Path $testResults 'summary.json')
    $summaries | ForEach-Object {
        $_.Failed | ForEach-Object { "FAILED $($_.Name): $($_.Reason)" }
        $_.Skipped | ForEach-Object { "Skipped $($_.Name): $($_.Reason)" }
        "$($_.Run): $($_.Passed) passed, $(@($_.Failed).Count) failed, $(@($_.Skipped).Count) skipped"
    }
    $failed = @($failed) + ($summaries | Where-Object { $_.Failed }).Run | Select-Object -Unique
    if ($failed) {
        throw "Tests failed in: $($failed -join ', '). What each said is above, and in $testResults."
    }
}

# Runs an example of the package where nothing but the package is, in a process of its own.
function Test-Package([string] $Package) {
    $folder = New-Item (Join-Path 'Temp:' "iotf-$(New-Guid)") -ItemType Directory
    try {
        Expand-Archive $Package $folder
        & $invokeScript (Join-Path $folder 'examples' 'quickstart.ps1') | Out-Host
        if ($LASTEXITCODE -ne 0) {
            throw "The module of $Package does not work: examples/quickstart.ps1 ended with exit code $LASTEXITCODE."
        }
    }
    finally {
        Remove-Item $folder -Recurse -Force
    }
}

# Emits the path of the package, and nothing else: what the programs print goes to the host.
function New-Package {
    if (-not $NoBuild) {
        # What an earlier build left there must not get into the package.
        Remove-Folder (Join-Path $PSScriptRoot 'bin'), (Join-Path $PSScriptRoot 'en-US')
        Build-Module | Out-Host
    }

    $folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputFolder)
    $package = & (Join-Path $PSScriptRoot 'tools' 'Package' 'New-Package.ps1') -Root $PSScriptRoot -OutputFolder $folder -SigningCertificate $SigningCertificate
    if ($SigningCertificate) {
        # PSResourceGet does not sign packages.
        $timestamp = if ($TimestampServer) { '--timestamper', $TimestampServer }
        Invoke-DotNet nuget sign $package --certificate-fingerprint $SigningCertificate --certificate-store-location CurrentUser --certificate-store-name My @timestamp | Out-Host
    }

    Test-Package $package
    $package
}

function Publish-Package {
    $key = if ($env:PSGALLERY_API_KEY) { @{ ApiKey = $env:PSGALLERY_API_KEY } } else { @{} }
    if (-not (Get-PSResourceRepository $Repository).Uri.IsFile -and -not $key.ApiKey) {
        throw "There is no API key. Set the environment variable PSGALLERY_API_KEY to one that may push IoTF to $Repository."
    }

    $package = New-Package
    Publish-PSResource -NupkgPath $package -Repository $Repository @key
    "$(Split-Path $package -Leaf) is published to $Repository."
}

function Clear-Build {
    Get-ChildItem $PSScriptRoot -Filter *.csproj -File -Recurse | ForEach-Object {
        Remove-Folder (Join-Path $_.DirectoryName 'bin'), (Join-Path $_.DirectoryName 'obj')
    }

    'bin', 'obj', 'en-US', 'package', 'TestResults' | ForEach-Object { Remove-Folder (Join-Path $PSScriptRoot $_) }
}

switch ($Task) {
    'Build' { Invoke-DotNet build $solution --configuration $Configuration }
    'Quickstart' { Invoke-Quickstart }
    'Test' { Invoke-Test }
    'Package' { New-Package }
    'Publish' { Publish-Package }
    'Clean' { Clear-Build }
}
