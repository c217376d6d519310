<#
.SYNOPSIS
    Builds the module, tests it, makes and publishes its package, or removes what was built.
.DESCRIPTION
    Build   builds the solution and stages the module into bin/, so that Import-Module ./IoTF.psd1 works.
    Test    builds and runs all tests. Where Pester 5.5 or newer is installed, it runs tests/Pester itself as well.
    Package builds the module, makes the package for the PowerShell Gallery, installs it into an empty folder and tries it there. The same files give the same bytes.
    Publish does the same and pushes the package, with the API key in the environment variable PSGALLERY_API_KEY.
            dotnet takes the key as an argument only, which others on the machine can see while it runs: publish where there are none.
    Clean   removes bin/ and obj/ of every project, the staged module, its help and its packages.

    Runs in PowerShell 7.4 or later and, where there is none, in the console host: dotnet run --project tools/Shell -- build.ps1 Package
.PARAMETER Task
    What to do; Build unless given.
.PARAMETER Configuration
    Release unless given.
.PARAMETER NoBuild
    Packages what is staged in bin/ already.
.PARAMETER OutputFolder
    Where the package goes; package/ unless given.
.PARAMETER SigningCertificate
    The SHA-256 fingerprint of a code signing certificate in the store CurrentUser/My. The package is signed with it and, where
    Set-AuthenticodeSignature exists (Windows), so are the module's files. A signed package is not the same twice.
.PARAMETER TimestampServer
    The address of an RFC 3161 time-stamp server. Signatures without a time stamp end with the certificate.
.PARAMETER Repository
    Where Publish pushes to: an address, or a folder. The PowerShell Gallery unless given.
.EXAMPLE
    ./build.ps1
    Import-Module ./IoTF.psd1
.EXAMPLE
    ./build.ps1 Test
.EXAMPLE
    ./build.ps1 Publish -SigningCertificate $fingerprint -TimestampServer http://timestamp.example.com
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0)]
    [ValidateSet('Build', 'Test', 'Package', 'Publish', 'Clean')]
    [string] $Task = 'Build',

    [ValidateSet('Debug', 'Release')]
    [string] $Configuration = 'Release',

    [switch] $NoBuild,

    [string] $OutputFolder = [System.IO.Path]::Combine($PSScriptRoot, 'package'),

    [ValidatePattern('^[0-9A-Fa-f]{64}$', ErrorMessage = 'A SHA-256 fingerprint is 64 hexadecimal digits, "{0}" is not one.')]
    [string] $SigningCertificate,

    [string] $TimestampServer,

    [string] $Repository = 'https://www.powershellgallery.com/api/v2/package'
)

$ErrorActionPreference = 'Stop'
$solution = [System.IO.Path]::Combine($PSScriptRoot, 'IoTF.PowerShell.sln')
$module = [System.IO.Path]::Combine($PSScriptRoot, 'src', 'IoTF.PowerShell', 'IoTF.PowerShell.csproj')
$packaging = [System.IO.Path]::Combine($PSScriptRoot, 'tools', 'Package')

function Invoke-DotNet {
    & dotnet @args
    if ($LASTEXITCODE -ne 0) {
        # Only what was asked for: the rest may hold a secret.
        throw "dotnet $($args[0]) ended with exit code $LASTEXITCODE."
    }
}

function Remove-Folder([string[]] $Folder) {
    foreach ($path in $Folder) {
        if ([System.IO.Directory]::Exists($path)) {
            [System.IO.Directory]::Delete($path, $true)
        }
    }
}

function Invoke-Test {
    # A warning is an error: the sources are ready for the runtime of the newest PowerShell, too.
    Invoke-DotNet build $module --configuration $Configuration -p:ModuleFramework=net10.0
    Invoke-DotNet test $solution --configuration $Configuration
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

# Emits the path of the package, and nothing else: what the programs say goes to the host.
function New-Package {
    if (-not $NoBuild) {
        # What an earlier build left there must not get into the package.
        Remove-Folder ([System.IO.Path]::Combine($PSScriptRoot, 'bin')), ([System.IO.Path]::Combine($PSScriptRoot, 'en-US'))
        Invoke-DotNet build $module --configuration $Configuration | Out-Host
    }

    $folder = $PSCmdlet.GetUnresolvedProviderPathFromPSPath($OutputFolder)
    $package = & ([System.IO.Path]::Combine($packaging, 'New-Package.ps1')) -Root $PSScriptRoot -OutputFolder $folder -SigningCertificate $SigningCertificate
    if ($SigningCertificate) {
        $timestamp = if ($TimestampServer) { '--timestamper', $TimestampServer }
        Invoke-DotNet nuget sign $package --certificate-fingerprint $SigningCertificate --certificate-store-location CurrentUser --certificate-store-name My @timestamp | Out-Host
    }

    & ([System.IO.Path]::Combine($packaging, 'Test-Package.ps1')) -Package $package | Out-Host
    $package
}

function Publish-Package {
    if (-not $env:PSGALLERY_API_KEY) {
        throw 'There is no API key. Set the environment variable PSGALLERY_API_KEY to one that may push IoTF.'
    }

    $package = New-Package
    Invoke-DotNet nuget push $package --source $Repository --api-key $env:PSGALLERY_API_KEY
}

function Clear-Build {
    foreach ($project in [System.IO.Directory]::GetFiles($PSScriptRoot, '*.csproj', [System.IO.SearchOption]::AllDirectories)) {
        $folder = [System.IO.Path]::GetDirectoryName($project)
        Remove-Folder ([System.IO.Path]::Combine($folder, 'bin')), ([System.IO.Path]::Combine($folder, 'obj'))
    }

    foreach ($name in 'bin', 'obj', 'en-US', 'package') {
        Remove-Folder ([System.IO.Path]::Combine($PSScriptRoot, $name))
    }
}

switch ($Task) {
    'Build' { Invoke-DotNet build $solution --configuration $Configuration }
    'Test' { Invoke-Test }
    'Package' { New-Package }
    'Publish' { Publish-Package }
    'Clean' { Clear-Build }
}
