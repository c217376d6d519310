# The emulator that scene.ps1 talks to. Says where it is in service.json, then 'ready', and ends with its input.
param([Parameter(Mandatory)] [string] $Folder)
$ErrorActionPreference = 'Stop'
Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1')
$emulator = Start-IoTFEmulator -Port 0
$device = New-IoTFEmulatorDevice pump p1
$key = New-IoTFEmulatorApiKey
Set-Content (Join-Path $Folder 'ca.crt') $emulator.CACertificate.ExportCertificatePem()
$service = @{
    Organization = $emulator.Organization
    Port         = $emulator.Port
    Token        = $device.Token | ConvertFrom-SecureString -AsPlainText
    ApiKey       = $key.ApiKey
    Secret       = $key.Token | ConvertFrom-SecureString -AsPlainText
}
$service | ConvertTo-Json | Set-Content (Join-Path $Folder 'service.json')

# Certificates for the emulator of the unit tests, which Wine can read from a PFX file but not make.
$from = [datetimeoffset]::UtcNow.AddDays(-1)
$authorityKey = [System.Security.Cryptography.RSA]::Create(2048)
$request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=IoTF emulator authority for Wine', $authorityKey, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509BasicConstraintsExtension]::new($true, $true, 0, $true))
$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509KeyUsageExtension]::new('KeyCertSign, CrlSign', $true))
$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509SubjectKeyIdentifierExtension]::new($request.PublicKey, $false))
$authority = $request.CreateSelfSigned($from, $from.AddDays(700))
$serverKey = [System.Security.Cryptography.RSA]::Create(2048)
$request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=localhost', $serverKey, 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
$names = [System.Security.Cryptography.X509Certificates.SubjectAlternativeNameBuilder]::new()
$names.AddDnsName('localhost')
$names.AddDnsName('*.messaging.localhost')
$names.AddIpAddress([ipaddress]::Loopback)
$names.AddIpAddress([ipaddress]::IPv6Loopback)
$request.CertificateExtensions.Add($names.Build($false))
$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509SubjectKeyIdentifierExtension]::new($request.PublicKey, $false))
$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509AuthorityKeyIdentifierExtension]::CreateFromCertificate($authority, $true, $false))
$issued = $request.Create($authority, $from, $from.AddDays(365), [byte[]](1..16))
$server = [System.Security.Cryptography.X509Certificates.RSACertificateExtensions]::CopyWithPrivateKey($issued, $serverKey)
[System.IO.File]::WriteAllBytes((Join-Path $Folder 'authority.crt'), $authority.Export('Cert'))
[System.IO.File]::WriteAllBytes((Join-Path $Folder 'server.pfx'), $server.Export('Pfx'))
[Console]::WriteLine('ready')
$null = [Console]::In.ReadToEnd()
