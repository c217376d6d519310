BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
}

Describe 'A device and an application' {
    BeforeAll {
        $emulator = Start-IoTFEmulator -Port 0
        $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
        $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId dashboard
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
        Stop-IoTFEmulator
    }

    It 'connect over TLS to what the emulator says' {
        $device.State | Should -Be 'Open'
        $device.Secure | Should -BeTrue
        $device.Port | Should -Be $emulator.Port
        $device.ClientId | Should -Be "d:$($emulator.Organization):pump:p1"
        $application.ClientId | Should -Be "a:$($emulator.Organization):dashboard"
    }

    It 'are known to the emulator' {
        $emulator.Connections.ClientId | Should -Contain $device.ClientId
        $emulator.Connections.ClientId | Should -Contain $application.ClientId
    }

    It 'carry an event that was sent before the first receive' {
        @{ temperature = 21.5 } | Send-IoTFEvent status | Should -BeNullOrEmpty
        $received = Receive-IoTFEvent -Count 1 -Timeout 30
        $received.Data.temperature | Should -Be 21.5
        $received.DeviceType | Should -Be 'pump'
        $received.DeviceId | Should -Be 'p1'
        $received.EventId | Should -Be 'status'
        $received.Format | Should -Be 'json'
        $received.QoS | Should -Be 1
        $received.Organization | Should -Be $emulator.Organization
        $received.Topic | Should -Be 'iot-2/type/pump/id/p1/evt/status/fmt/json'
        $received.Time.Kind | Should -Be 'Utc'
    }

    It 'carry a command' {
        Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1
        $received = Receive-IoTFCommand -Count 1 -Timeout 30
        $received.CommandId | Should -Be 'reboot'
        $received.Data.delay | Should -Be 3
        $received.DeviceId | Should -Be 'p1'
    }

    It 'carry <Name>' -ForEach @(
        @{ Name = 'a string as it is'; Value = 'hello'; Format = 'text'; Expected = 'hello' }
        @{ Name = 'JSON in a string'; Value = '{"a":[1,2]}'; Format = 'json'; Expected = '{"a":[1,2]}' }
        @{ Name = 'a number'; Value = 42; Format = 'json'; Expected = '42' }
        @{ Name = 'an ordered hashtable'; Value = [ordered]@{ b = 1; a = $true }; Format = 'json'; Expected = '{"b":1,"a":true}' }
        @{ Name = 'a word of one''s own as format'; Value = 'x'; Format = 'csv2'; Expected = 'x' }
    ) {
        Send-IoTFEvent formats $Value -Format $Format
        $received = Receive-IoTFEvent formats -Count 1 -Timeout 30
        $received.Text | Should -Be $Expected
        $received.Format | Should -Be $Format
    }

    It 'carry bytes as they are' {
        [byte[]] $bytes = 0, 255, 10, 13
        Send-IoTFEvent raw $bytes
        $received = Receive-IoTFEvent raw -Count 1 -Timeout 30
        $received.Format | Should -Be 'bin'
        [System.Convert]::ToHexString($received.Payload) | Should -Be '00FF0A0D'
    }

    It 'keep a command that a script block failed over for the next receive' {
        # More than the service lets a device leave unacknowledged: a failure must not take a place in that window.
        1..30 | Send-IoTFCommand work -DeviceType pump -DeviceId p1
        $tries = 0
        $done = foreach ($round in 1..45) {
            try {
                Receive-IoTFCommand work -Count 1 -Timeout 30 | ForEach-Object {
                    $tries++
                    if ($tries % 3 -eq 1) { throw 'not now' }
                    $_.Data
                }
            }
            catch { $_.Exception.Message | Should -Be 'not now' }
        }
        $done -join ',' | Should -Be (1..30 -join ',')
    }

    It 'deliver what cannot be decoded, and say why' {
        Send-IoTFEvent broken '{"a":'
        $received = Receive-IoTFEvent broken -Count 1 -Timeout 30
        $received.Data | Should -BeNullOrEmpty
        $received.DataError | Should -Not -BeNullOrEmpty
        $received.Text | Should -Be '{"a":'
    }

    It 'keep the order of a pipeline at QoS <_>' -ForEach 0, 1, 2 {
        1..500 | Send-IoTFEvent count -QoS $_
        $numbers = Receive-IoTFEvent count -Count 500 -Timeout 60 | ForEach-Object { $_.Data }
        $numbers -join ',' | Should -Be (1..500 -join ',')
    }
}
