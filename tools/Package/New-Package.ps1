<#
.SYNOPSIS
    Makes the package of the module with PSResourceGet, from a checkout with a built module in it.
.DESCRIPTION
    Copies the files of the module, completes the manifest of the copy, and packs it. The manifest gets the release notes of its version from
    CHANGELOG.md, and the tags with which Find-PSResource -CommandName and the PowerShell Gallery find the cmdlets.
.PARAMETER Root
    The checkout.
.PARAMETER OutputFolder
    The folder of the package. A package of the same version is replaced.
.PARAMETER SigningCertificate
    The SHA-256 fingerprint of a certificate in the store CurrentUser/My, with which the module's files are signed where Set-AuthenticodeSignature exists.
.OUTPUTS
    The path of the package.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Root,
    [Parameter(Mandatory)] [string] $OutputFolder,
    [string] $SigningCertificate
)

$ErrorActionPreference = 'Stop'

# Compress-PSResource came with 1.1; PowerShell 7.4 has 1.0.
Import-Module Microsoft.PowerShell.PSResourceGet -MinimumVersion 1.1

function Get-ReleaseNotes([string] $Version) {
    $changes = (Get-Content (Join-Path $Root 'CHANGELOG.md') -Raw) -replace '\r'
    foreach ($heading in $Version, 'Unreleased') {
        if ($changes -match "(?ms)^## \[$([regex]::Escape($heading))\][^\n]*\n(.*?)(?=^## |\z)") { return $Matches[1].Trim() }
    }

    throw "CHANGELOG.md says nothing about version $Version. Add a section '## [$Version]'."
}

function Add-Signature([string] $Folder) {
    if (-not (Get-Command Set-AuthenticodeSignature -ErrorAction Ignore)) {
        Write-Warning 'The files in the package are not signed: Set-AuthenticodeSignature needs PowerShell on Windows.'
        return
    }

    $certificate = Get-ChildItem Cert:/CurrentUser/My | Where-Object { $_.GetCertHashString('SHA256') -eq $SigningCertificate }
    if (-not $certificate) { throw "There is no certificate with the fingerprint $SigningCertificate in CurrentUser/My. Import it there with its key." }

    $files = Get-ChildItem $Folder -Recurse -File | Where-Object { $_.Extension -in '.ps1', '.psd1', '.ps1xml' -or $_.Name -like 'IoTF.*.dll' }
    foreach ($file in $files) {
        $signature = Set-AuthenticodeSignature -FilePath $file.FullName -Certificate $certificate -HashAlgorithm SHA256
        if ($signature.Status -ne 'Valid') { throw "$file was not signed: $($signature.StatusMessage)" }
    }
}

$manifest = Import-PowerShellDataFile (Join-Path $Root 'IoTF.psd1')
if (-not (Test-Path (Join-Path $Root $manifest.RootModule))) {
    throw "$($manifest.RootModule) is missing. Build the module first: ./build.ps1"
}

$temporary = New-Item (Join-Path 'Temp:' "iotf-package-$(New-Guid)") -ItemType Directory
try {
    $module = New-Item (Join-Path $temporary 'IoTF') -ItemType Directory
    'bin', 'en-US', 'examples', '*.psd1', '*.ps1xml', 'LICENSE', 'THIRD-PARTY-NOTICES.md' | ForEach-Object {
        Copy-Item (Join-Path $Root $_) $module -Recurse
    }

    $commands = $manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_", "PSCommand_$_" }
    $copy = Join-Path $module 'IoTF.psd1'
    Update-PSModuleManifest $copy -Tags ($manifest.PrivateData.PSData.Tags + 'PSIncludes_Cmdlet' + $commands) -ReleaseNotes (Get-ReleaseNotes $manifest.ModuleVersion)

    # So that the same sources give the same files on every day.
    (Get-Content $copy) -notmatch '^# Generated on' | Set-Content $copy
    if ($SigningCertificate) { Add-Signature $module }

    $package = Join-Path $OutputFolder "IoTF.$($manifest.ModuleVersion).nupkg"
    if (Test-Path $package) { Remove-Item $package }
    $null = New-Item $OutputFolder -ItemType Directory -Force
    Compress-PSResource -Path $module -DestinationPath $OutputFolder
    $package
}
finally {
    Remove-Item $temporary -Recurse
}
