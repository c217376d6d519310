<#
.SYNOPSIS
    Makes the package that the PowerShell Gallery takes, from a checkout with a built module in it.
.DESCRIPTION
    A NuGet package is a zip with a .nuspec and two parts of the Open Packaging Conventions. The metadata are those of the manifest, the release notes
    those of CHANGELOG.md. Names are sorted and times fixed, so the same files give the same bytes.
.PARAMETER Root
    The checkout.
.PARAMETER OutputFolder
    Where the package goes. One of the same version is replaced.
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
$utf8 = [System.Text.UTF8Encoding]::new($false)

function Get-Manifest {
    $syntax = [System.Management.Automation.Language.Parser]::ParseFile([System.IO.Path]::Combine($Root, 'IoTF.psd1'), [ref] $null, [ref] $null)
    $syntax.Find({ $args[0] -is [System.Management.Automation.Language.HashtableAst] }, $false).SafeGetValue()
}

function Get-ModuleFile($Manifest) {
    $names = @('LICENSE', 'THIRD-PARTY-NOTICES.md')
    foreach ($pattern in '*.psd1', '*.ps1xml') {
        $names += [System.IO.Directory]::GetFiles($Root, $pattern) | ForEach-Object { [System.IO.Path]::GetFileName($_) }
    }

    foreach ($folder in 'bin', 'en-US') {
        $path = [System.IO.Path]::Combine($Root, $folder)
        if ([System.IO.Directory]::Exists($path)) {
            $names += [System.IO.Directory]::GetFiles($path, '*', [System.IO.SearchOption]::AllDirectories) |
                ForEach-Object { [System.IO.Path]::GetRelativePath($Root, $_).Replace('\', '/') }
        }
    }

    if ($Manifest.RootModule -notin $names) {
        throw "$($Manifest.RootModule) is missing. Build the module first: ./build.ps1"
    }

    $names
}

function Get-ReleaseNotes([string] $Version) {
    $changes = [System.IO.File]::ReadAllText([System.IO.Path]::Combine($Root, 'CHANGELOG.md')).ReplaceLineEndings("`n")
    foreach ($heading in $Version, 'Unreleased') {
        $section = [regex]::Match($changes, "(?ms)^## \[$([regex]::Escape($heading))\][^\n]*\n(.*?)(?=^## |\z)")
        if ($section.Success) { return $section.Groups[1].Value.Trim() }
    }

    throw "CHANGELOG.md says nothing about version $Version. Add a section '## [$Version]'."
}

# The tags after the manifest's own are those by which the Gallery finds modules and commands.
function Get-Nuspec($Manifest) {
    $data = $Manifest.PrivateData.PSData
    $tags = $data.Tags + 'PSModule' + 'PSIncludes_Cmdlet' + ($Manifest.CmdletsToExport | ForEach-Object { "PSCmdlet_$_"; "PSCommand_$_" })
    $element = [ordered]@{
        id                       = 'IoTF'
        version                  = $Manifest.ModuleVersion
        authors                  = $Manifest.Author
        owners                   = $Manifest.CompanyName
        requireLicenseAcceptance = "$($data.RequireLicenseAcceptance)".ToLowerInvariant()
        licenseUrl               = $data.LicenseUri
        description              = $Manifest.Description
        releaseNotes             = Get-ReleaseNotes $Manifest.ModuleVersion
        copyright                = $Manifest.Copyright
        tags                     = [string]::Join(' ', $tags)
    }
    $lines = foreach ($name in $element.Keys) { "    <$name>$([System.Security.SecurityElement]::Escape($element[$name]))</$name>" }
    @"
<?xml version="1.0" encoding="utf-8"?>
<package xmlns="http://schemas.microsoft.com/packaging/2011/08/nuspec.xsd">
  <metadata>
$([string]::Join("`n", $lines))
  </metadata>
</package>
"@
}

function Get-Relationships {
    @'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/IoTF.nuspec" Id="manifest" />
</Relationships>
'@
}

function Get-ContentTypes([string[]] $Name) {
    $types = [System.Collections.Generic.SortedSet[string]]::new([System.StringComparer]::Ordinal)
    $null = $types.Add('  <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml" />')
    foreach ($file in $Name) {
        $extension = [System.IO.Path]::GetExtension($file).TrimStart('.')
        $type = if ($extension) { "  <Default Extension=`"$extension`"" } else { "  <Override PartName=`"/$file`"" }
        $null = $types.Add("$type ContentType=`"application/octet-stream`" />")
    }

    @"
<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
$([string]::Join("`n", $types))
</Types>
"@
}

function Add-Signature([string[]] $File) {
    if ($null -eq (Get-Command Set-AuthenticodeSignature -ErrorAction Ignore)) {
        $PSCmdlet.WriteWarning('The files in the package are not signed: Set-AuthenticodeSignature needs PowerShell on Windows.')
        return
    }

    $store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
    $store.Open('ReadOnly')
    $certificate = $store.Certificates | Where-Object { $_.GetCertHashString('SHA256') -eq $SigningCertificate }
    $store.Dispose()
    if ($null -eq $certificate) { throw "There is no certificate with the fingerprint $SigningCertificate in CurrentUser/My. Import it there with its key." }

    foreach ($path in $File) {
        $signature = Set-AuthenticodeSignature -FilePath $path -Certificate $certificate -HashAlgorithm SHA256
        if ($signature.Status -ne 'Valid') { throw "$path could not be signed: $($signature.StatusMessage)" }
    }
}

function Write-Archive([string] $Path, $Content) {
    [string[]] $names = $Content.Keys
    [array]::Sort($names, [System.StringComparer]::Ordinal)
    $archive = [System.IO.Compression.ZipArchive]::new([System.IO.File]::Create($Path), [System.IO.Compression.ZipArchiveMode]::Create)
    try {
        foreach ($name in $names) {
            $entry = $archive.CreateEntry($name, [System.IO.Compression.CompressionLevel]::SmallestSize)
            $entry.LastWriteTime = [System.DateTimeOffset]::new(2000, 1, 1, 0, 0, 0, [timespan]::Zero)
            $stream = $entry.Open()
            $stream.Write($Content[$name], 0, $Content[$name].Length)
            $stream.Dispose()
        }
    }
    finally {
        $archive.Dispose()
    }
}

$manifest = Get-Manifest
$files = Get-ModuleFile $manifest
$staging = [System.IO.Directory]::CreateTempSubdirectory('iotf-package-').FullName
try {
    # Signed are copies, never the files of the checkout.
    $content = @{}
    foreach ($name in $files) {
        $copy = [System.IO.Path]::Combine($staging, $name)
        $null = [System.IO.Directory]::CreateDirectory([System.IO.Path]::GetDirectoryName($copy))
        [System.IO.File]::Copy([System.IO.Path]::Combine($Root, $name), $copy)
    }

    if ($SigningCertificate) {
        Add-Signature ($files | Where-Object { $_ -match '\.(psd1|ps1xml)$|(^|/)IoTF\.[^/]*\.dll$' } | ForEach-Object { [System.IO.Path]::Combine($staging, $_) })
    }

    foreach ($name in $files) { $content[$name] = [System.IO.File]::ReadAllBytes([System.IO.Path]::Combine($staging, $name)) }
}
finally {
    [System.IO.Directory]::Delete($staging, $true)
}

$content['IoTF.nuspec'] = $utf8.GetBytes((Get-Nuspec $manifest))
$content['_rels/.rels'] = $utf8.GetBytes((Get-Relationships))
$content['[Content_Types].xml'] = $utf8.GetBytes((Get-ContentTypes ($files + 'IoTF.nuspec')))
$null = [System.IO.Directory]::CreateDirectory($OutputFolder)
$package = [System.IO.Path]::Combine($OutputFolder, "IoTF.$($manifest.ModuleVersion).nupkg")
Write-Archive $package $content
$package
