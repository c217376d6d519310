BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $device = New-IoTFEmulatorDevice pump p1
    $secret = ConvertFrom-SecureString $device.Token -AsPlainText
    $emulator.CACertificate.ExportCertificatePem() | Set-Content (Join-Path $TestDrive 'ca.pem')

    function New-Configuration([string] $Name, [string] $Text) {
        $path = Join-Path $TestDrive $Name
        Set-Content $path $Text
        $path
    }
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'A configuration file' {
    It 'connects a device, with an authority beside the file, and shows no secret' {
        $file = New-Configuration 'device.yaml' @"
identity:
  orgId: $($emulator.Organization)
  typeId: pump
  deviceId: p1
auth:
  token: $secret
options:
  mqtt:
    port: $($emulator.Port)
    caFile: ca.pem
    keepAlive: 30
"@
        $written = Connect-IoTFDevice -ConfigurationFile $file -HostName localhost -Verbose 4>&1
        $session = $written | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] }
        $session.ClientId | Should -Be "d:$($emulator.Organization):pump:p1"
        $session.KeepAlive | Should -Be ([timespan]::FromSeconds(30))
        $told = ($written | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }) -join "`n"
        $told | Should -Match 'Token comes from auth.token in line 6'
        $told.Contains($secret) | Should -BeFalse
        Disconnect-IoTFSession $session
    }

    It 'is refused by key and line' {
        $file = New-Configuration 'wrong.yaml' "options:`n  mqtt:`n    port: many`n"
        try { Connect-IoTFDevice -ConfigurationFile $file } catch { $fault = $_ }
        $fault.FullyQualifiedErrorId | Should -BeLike 'ConfigurationValueInvalid,*'
        $fault.CategoryInfo.Category | Should -Be 'InvalidData'
        "$fault" | Should -Match 'options.mqtt.port in line 3'
        "$fault" | Should -Match 'must be a number'
    }

    It 'whose authorities are missing is refused by key and line' {
        $file = New-Configuration 'authority.yaml' "options: {mqtt: {caFile: nowhere.pem}}`n"
        try { Connect-IoTFDevice -ConfigurationFile $file } catch { $fault = $_ }
        $fault.FullyQualifiedErrorId | Should -BeLike 'ConfigurationValueInvalid,*'
        "$fault" | Should -Match 'options.mqtt.caFile in line 1'
    }
}

Describe 'The variables of the environment' {
    BeforeAll {
        $gateway = New-IoTFEmulatorDevice hall gw1 -Gateway
        $key = New-IoTFEmulatorApiKey
        $there = @{ HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $emulator.CACertificate }

        # Only while the script block runs: the environment belongs to the whole process.
        function Use-Variable([hashtable] $Variables, [scriptblock] $Action) {
            try {
                foreach ($name in $Variables.Keys) { [System.Environment]::SetEnvironmentVariable("WIOTP_$name", $Variables[$name]) }
                & $Action
            }
            finally {
                foreach ($name in $Variables.Keys) { [System.Environment]::SetEnvironmentVariable("WIOTP_$name", [NullString]::Value) }
            }
        }
    }

    AfterEach {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'connect a gateway' {
        $variables = @{
            IDENTITY_ORGID = $emulator.Organization
            IDENTITY_TYPEID = 'hall'
            IDENTITY_DEVICEID = 'gw1'
            AUTH_TOKEN = ConvertFrom-SecureString $gateway.Token -AsPlainText
        }
        $session = Use-Variable $variables { Connect-IoTFGateway @there }
        $session.Role | Should -Be 'Gateway'
        $session.ClientId | Should -Be "g:$($emulator.Organization):hall:gw1"
        [System.Environment]::GetEnvironmentVariable('WIOTP_AUTH_TOKEN') | Should -BeNullOrEmpty
    }

    It 'connect a member of a scalable application, unless the parameters say otherwise' {
        $variables = @{
            IDENTITY_APPID = 'worker'
            AUTH_KEY = $key.ApiKey
            AUTH_TOKEN = ConvertFrom-SecureString $key.Token -AsPlainText
            OPTIONS_MQTT_INSTANCEID = 'i1'
        }
        (Use-Variable $variables { Connect-IoTFApplication @there }).ClientId | Should -Be "A:$($emulator.Organization):worker:i1"
        (Use-Variable $variables { Connect-IoTFApplication @there -InstanceId i2 }).ClientId | Should -Be "A:$($emulator.Organization):worker:i2"
        (Use-Variable $variables { Connect-IoTFApplication @there -Scalable:$false }).ClientId | Should -Be "a:$($emulator.Organization):worker"
    }
}
