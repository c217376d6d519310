BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
}

Describe 'An emulator that is kept in a file' {
    BeforeAll {
        $path = Join-Path $TestDrive 'emulator.json'
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
        if (Get-IoTFEmulator) { Stop-IoTFEmulator }
    }

    It 'knows its devices and keys, and keeps what waits for them' {
        $first = Start-IoTFEmulator plant1 -Port 0 -Path $path
        $device = New-IoTFEmulatorDevice pump p1
        $key = New-IoTFEmulatorApiKey
        $device | Connect-IoTFDevice -Persistent
        Disconnect-IoTFSession
        $key | Connect-IoTFApplication -ApplicationId dashboard
        Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1
        Disconnect-IoTFSession
        Stop-IoTFEmulator

        $second = Start-IoTFEmulator -Port 0 -Path $path
        $second.Organization | Should -Be 'plant1'
        $second.CACertificate.Thumbprint | Should -Be $first.CACertificate.Thumbprint
        $kept = $second.Sessions
        $kept.ClientId | Should -Be 'd:plant1:pump:p1'
        $kept.Connected | Should -BeFalse
        $kept.Persistent | Should -BeTrue
        $kept.Queued | Should -Be 1
        $session = Connect-IoTFDevice -Organization plant1 -DeviceType pump -DeviceId p1 -Token $device.Token -HostName $second.HostName -Port $second.Port -CACertificate $first.CACertificate -Persistent
        (Receive-IoTFCommand -Count 1 -Timeout 30).Data.delay | Should -Be 3
        $session | Disconnect-IoTFSession
        Stop-IoTFEmulator
    }

    It 'is not started from a damaged file' {
        Set-Content $path 'damaged' -NoNewline
        try { Start-IoTFEmulator -Port 0 -Path $path; $failure = $null } catch { $failure = $_ }
        $failure.FullyQualifiedErrorId | Should -BeLike 'EmulatorFileDamaged,*'
        Get-Content $path -Raw | Should -Be 'damaged'
        Get-IoTFEmulator | Should -BeNullOrEmpty
    }
}

Describe 'A fault on demand' {
    BeforeAll {
        $emulator = Start-IoTFEmulator -Port 0
        $device = New-IoTFEmulatorDevice pump p1
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
        Stop-IoTFEmulator
    }

    It 'refuses to connect, as often as was asked for' {
        Set-IoTFEmulatorFault 'd:*' -RefuseConnect 5 -Count 1 | Should -BeNullOrEmpty
        $emulator.Faults.Count | Should -Be 1
        $emulator.Faults[0].Kind | Should -Be 'RefuseConnect'
        try { $device | Connect-IoTFDevice; $failure = $null } catch { $failure = $_ }
        $failure | Should -Not -BeNullOrEmpty
        $emulator.Faults | Should -BeNullOrEmpty
        ($device | Connect-IoTFDevice).State | Should -Be 'Open'
    }

    It 'cuts a connection, and the session makes it again' {
        $before = $emulator.ConnectionsTotal
        Set-IoTFEmulatorFault -Drop -Count 1
        @{ t = 1 } | Send-IoTFEvent status -TimeoutSec 30
        $emulator.ConnectionsTotal | Should -BeGreaterThan $before
    }

    It 'is taken back with -Clear, for some or for all' {
        Set-IoTFEmulatorFault 'd:*' -Stall
        Set-IoTFEmulatorFault 'a:*' -AcknowledgementDelay 0.5 -Count 3
        Set-IoTFEmulatorFault -SlowReading
        Set-IoTFEmulatorFault -CloseCode 93 -ClientId 'g:*'
        $emulator.Faults.Count | Should -Be 4
        $emulator.Faults[1].Delay.TotalSeconds | Should -Be 0.5
        Set-IoTFEmulatorFault 'd:*' -Clear
        $emulator.Faults.Count | Should -Be 3
        Set-IoTFEmulatorFault -Clear
        $emulator.Faults | Should -BeNullOrEmpty
    }
}
