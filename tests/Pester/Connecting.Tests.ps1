BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0 -PlainPort 0
    $known = New-IoTFEmulatorDevice pump known
    $other = New-IoTFEmulatorDevice pump other

    # What Connect- cmdlets are given in every test.
    $there = @{ HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $emulator.CACertificate; Organization = $emulator.Organization }

    function Get-Fault([scriptblock] $Action) {
        try {
            $null = & $Action
        }
        catch {
            return $_
        }
    }
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Connecting' {
    It 'is refused for a wrong token, with what can be the reason' {
        $fault = Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $other.Token }
        $fault.FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
        $fault.CategoryInfo.Category | Should -Be 'AuthenticationError'
        $fault.TargetObject | Should -Be "d:$($emulator.Organization):pump:known"
        $fault.Exception.Code | Should -Be 5
        $fault.ErrorDetails.RecommendedAction | Should -Match 'token'
    }

    It 'is tried again with -RetryConnect while the service is not available, and not when it refuses the client' {
        Set-IoTFEmulatorFault "d:$($emulator.Organization):pump:known" -RefuseConnect 3 -Count 2
        (Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $known.Token }).FullyQualifiedErrorId | Should -BeLike 'ServiceUnavailable,*'
        $session = Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $known.Token -RetryConnect 60 -ReconnectDelay 0.01
        $session.State | Should -Be 'Open'
        $session | Disconnect-IoTFSession
        (Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $other.Token -RetryConnect 3600 }).FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
    }

    It 'is refused for an unknown device' {
        $fault = Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId unknown -Token $other.Token }
        $fault.FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
    }

    It 'is refused with the reason code of MQTT 5' {
        $fault = Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $other.Token -ProtocolVersion 5.0 }
        $fault.FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
        $fault.Exception.Code | Should -Be 0x87
    }

    It 'is refused before anything is sent when <Part> is malformed' -ForEach @(
        @{ Part = 'the device id'; Parameters = @{ DeviceId = 'p 1' }; Id = 'InvalidDeviceId' }
        @{ Part = 'the device type'; Parameters = @{ DeviceType = 'a/b' }; Id = 'InvalidDeviceType' }
        @{ Part = 'the organization'; Parameters = @{ Organization = 'a:b' }; Id = 'InvalidOrganization' }
        @{ Part = 'the host name'; Parameters = @{ HostName = 'mqtt://host' }; Id = 'InvalidHostName' }
    ) {
        $before = $emulator.Refusals.Count
        $all = @{ DeviceType = 'pump'; DeviceId = 'known'; Token = $known.Token } + $there
        foreach ($name in $Parameters.Keys) { $all[$name] = $Parameters[$name] }
        $fault = Get-Fault { Connect-IoTFDevice @all }
        $fault.FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $emulator.Refusals.Count | Should -Be $before
    }

    It 'asks for a token' {
        (Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known }).FullyQualifiedErrorId | Should -BeLike 'TokenNeeded,*'
    }

    It 'takes one of token and credential' {
        $credential = [pscredential]::new('anybody', $known.Token)
        (Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token $known.Token -Credential $credential }).FullyQualifiedErrorId |
            Should -BeLike 'TwoCredentials,*'
    }

    It 'asks for the organization where it cannot be known' {
        (Get-Fault { Connect-IoTFDevice -DeviceType pump -DeviceId known -Token $known.Token }).FullyQualifiedErrorId | Should -BeLike 'OrganizationNeeded,*'
        $fault = Get-Fault { Connect-IoTFApplication -ApiKey nonsense -Token $known.Token }
        $fault.FullyQualifiedErrorId | Should -BeLike 'OrganizationNeeded,*'
        "$fault" | Should -Match 'API key'
    }

    It 'asks for the API key' {
        (Get-Fault { Connect-IoTFApplication @there -Token $known.Token }).FullyQualifiedErrorId | Should -BeLike 'ApiKeyNeeded,*'
    }

    It 'counts the keep-alive in whole seconds' {
        $session = $other | Connect-IoTFDevice -KeepAlive 1.5
        $session.KeepAlive | Should -Be ([timespan]::FromSeconds(2))
        Disconnect-IoTFSession $session
        { $other | Connect-IoTFDevice -KeepAlive 65536 } | Should -Throw -ExpectedMessage '*the maximum is 65535 seconds*'
    }

    It 'refuses a token in plain text and does not repeat it' {
        $fault = Get-Fault { Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Token 'plain-text-token' }
        $fault | Should -Not -BeNullOrEmpty
        $fault.ToString() | Should -Not -Match 'plain-text-token'
        $fault.ToString() | Should -Match 'Read-Host -AsSecureString'
    }

    It 'takes the token from a credential' {
        $credential = [pscredential]::new('anybody', $known.Token)
        (Connect-IoTFDevice @there -DeviceType pump -DeviceId known -Credential $credential).State | Should -Be 'Open'
    }

    It 'takes API key and token from a credential, and the organization from the key' {
        $key = New-IoTFEmulatorApiKey
        $credential = [pscredential]::new($key.ApiKey, $key.Token)
        $session = Connect-IoTFApplication -Credential $credential -HostName localhost -Port $emulator.Port -CACertificate $emulator.CACertificate
        $session.Organization | Should -Be $emulator.Organization
        $session.ApplicationId | Should -Not -BeNullOrEmpty
    }

    It 'works with MQTT <_>' -ForEach '3.1', '3.1.1', '5.0' {
        $session = $other | Connect-IoTFDevice -ProtocolVersion $_ -Force
        $session.ProtocolVersion | Should -Be $_
        Send-IoTFEvent status 1 -Session $session -QoS 2 -PassThru | ForEach-Object { $_.QoS } | Should -Be 2
        Disconnect-IoTFSession $session
    }

    It 'does not trust the authority of the emulator by itself' {
        $fault = Get-Fault { Connect-IoTFDevice -HostName localhost -Port $emulator.Port -Organization $emulator.Organization -DeviceType pump -DeviceId other -Token $other.Token }
        $fault.FullyQualifiedErrorId | Should -BeLike 'CertificateUntrusted,*'
        $fault.ErrorDetails.RecommendedAction | Should -Match '-CACertificate'
    }

    It 'uses plain text only when told, and warns' {
        $session = $other | Connect-IoTFDevice -Insecure -Port $emulator.PlainPort -WarningVariable warnings -WarningAction SilentlyContinue
        $session.Secure | Should -BeFalse
        "$warnings" | Should -Match 'not encrypted'
        Disconnect-IoTFSession $session
    }

    It 'says that a port is a plain-text port' {
        $fault = Get-Fault { $other | Connect-IoTFDevice -Port $emulator.PlainPort }
        $fault.CategoryInfo.Category | Should -Be 'SecurityError'
    }

    It 'throws the earlier session of the same identity out' {
        $first = $other | Connect-IoTFDevice -Name first -NoReconnect
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        $state = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            ($using:other | Connect-IoTFDevice).State
        }
        $state | Should -Be 'Open'
        $fault = Get-Fault { Receive-IoTFCommand -Session $first -Timeout 30 }
        $fault.FullyQualifiedErrorId | Should -Match '^(ConnectionLost|NoSession),'
        "$fault" | Should -Match 'closed the connection'
        $first.State | Should -Be 'Failed'
    }
}

Describe 'The emulator of a runspace' {
    It 'runs once' {
        (Get-Fault { Start-IoTFEmulator -Port 0 }).FullyQualifiedErrorId | Should -BeLike 'EmulatorRunning,*'
        (Get-IoTFEmulator).Port | Should -Be $emulator.Port
    }

    It 'is asked for where none runs' {
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        $ids = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            foreach ($action in { New-IoTFEmulatorDevice pump p1 }, { New-IoTFEmulatorApiKey }, { Stop-IoTFEmulator }) {
                try { & $action } catch { $_.FullyQualifiedErrorId -replace ',.*' }
            }
        }
        $ids -join ' ' | Should -Be 'NoEmulator NoEmulator NoEmulator'
    }
}
