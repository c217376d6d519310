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
[Console]::WriteLine('ready')
$null = [Console]::In.ReadToEnd()
