<#
.SYNOPSIS
    Installs a package of the module into an empty folder and tries it there, in a process of its own.
.PARAMETER Package
    The path of the .nupkg.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Package
)

$ErrorActionPreference = 'Stop'
$version = [System.IO.Path]::GetFileNameWithoutExtension($Package).Substring('IoTF.'.Length)
$modules = [System.IO.Directory]::CreateTempSubdirectory('iotf-modules-').FullName
try {
    $installed = [System.IO.Path]::Combine($modules, 'IoTF', $version)
    [System.IO.Compression.ZipFile]::ExtractToDirectory($Package, $installed)

    # The parts of the package itself, which installing leaves out, too.
    [System.IO.Directory]::Delete([System.IO.Path]::Combine($installed, '_rels'), $true)
    foreach ($part in '[Content_Types].xml', 'IoTF.nuspec', '.signature.p7s') {
        [System.IO.File]::Delete([System.IO.Path]::Combine($installed, $part))
    }

    & (Join-Path $PSScriptRoot '..' 'Invoke-Script.ps1') (Join-Path $PSScriptRoot 'Scene.ps1') -ModuleFolder $modules -Version $version
    if ($LASTEXITCODE -ne 0) {
        throw "The module of $Package does not work: the scene ended with exit code $LASTEXITCODE."
    }
}
finally {
    [System.IO.Directory]::Delete($modules, $true)
}
