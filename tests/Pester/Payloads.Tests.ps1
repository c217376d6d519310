BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
    $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Bad input' {
    It 'gives one error record with the input, and the rest of the pipeline goes on' {
        $large = [string]::new('x', 131073)
        $secret = [System.Security.SecureString]::new()
        $endless = @{}
        $endless.self = $endless
        1, $large, 2, $secret, 3, $endless, 4 | Send-IoTFEvent status -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 3
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'PayloadTooLarge,*'
        $faults[0].TargetObject | Should -BeExactly $large
        $faults[1].FullyQualifiedErrorId | Should -BeLike 'PayloadHoldsSecret,*'
        [object]::ReferenceEquals($faults[1].TargetObject, $secret) | Should -BeTrue
        $faults[2].FullyQualifiedErrorId | Should -BeLike 'PayloadTooDeep,*'
        foreach ($fault in $faults) { $fault.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty }
        $received = Receive-IoTFEvent status -Count 4 -Timeout 30 | ForEach-Object { $_.Data }
        $received -join ',' | Should -Be '1,2,3,4'
    }

    It 'takes exactly the largest payload' {
        Send-IoTFEvent large ([string]::new('x', 131072)) -Format text
        (Receive-IoTFEvent large -Count 1 -Timeout 30).Payload.Length | Should -Be 131072
    }

    It 'counts what a topic has beyond 200 bytes as payload, as the service does before MQTT 5' {
        # 319 bytes with iot-2/evt/ and /fmt/text, so 119 of them count.
        $long = [string]::new('e', 300)
        $fits = [string]::new('x', 131072 - 119)
        Send-IoTFEvent $long ($fits + 'x') -Format text -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'PayloadTooLarge,*'
        $device.State | Should -Be 'Open'
        Send-IoTFEvent $long $fits -Format text
        (Receive-IoTFEvent $long -Count 1 -Timeout 30).Payload.Length | Should -Be $fits.Length

        $modern = New-IoTFEmulatorDevice pump p5 | Connect-IoTFDevice -ProtocolVersion 5.0
        Send-IoTFEvent $long ($fits + 'x') -Format text -Session $modern -PassThru | ForEach-Object { $_.QoS } | Should -Be 1
        $null = Receive-IoTFEvent $long -Count 1 -Timeout 30
        Disconnect-IoTFSession $modern
    }

    It 'is refused before anything is sent for <Name>' -ForEach @(
        @{ Name = 'a wildcard in an event id'; Parameters = @{ EventId = 'a+b' }; Id = 'InvalidEventId' }
        @{ Name = 'an empty event id'; Parameters = @{ EventId = '' }; Id = 'InvalidEventId' }
        @{ Name = 'a level in an event id'; Parameters = @{ EventId = 'a/b' }; Id = 'InvalidEventId' }
        @{ Name = 'a wildcard in a format'; Parameters = @{ EventId = 'a'; Format = '#' }; Id = 'InvalidFormat' }
    ) {
        $sent = $device.Sent
        { 1, 2 | Send-IoTFEvent @Parameters } | Should -Throw -ErrorId "$Id,*"
        $device.Sent | Should -Be $sent
        $device.State | Should -Be 'Open'
    }

    It 'is refused for half a device' {
        { Send-IoTFCommand reboot 1 -DeviceType pump } | Should -Throw -ErrorId 'DeviceNeeded,*'
        { Send-IoTFCommand reboot 1 } | Should -Throw -ErrorId 'DeviceNeeded,*'
    }
}

Describe 'Receipts' {
    It 'come in order, one for each message, and only when asked for' {
        $receipts = 'a', 'b', 'c' | Send-IoTFEvent status -Format text -PassThru
        $receipts.Count | Should -Be 3
        ($receipts | ForEach-Object { $_.Input }) -join '' | Should -Be 'abc'
        $receipts[0].Topic | Should -Be 'iot-2/evt/status/fmt/text'
        $receipts[0].RoundTrip | Should -BeGreaterThan ([timespan]::Zero)
        $receipts[0].PacketId | Should -BeGreaterThan 0
        $receipts[0].Transmissions | Should -Be 1
        $null = Receive-IoTFEvent status -Count 3 -Timeout 30
    }

    It 'come for QoS 0, too' {
        $receipt = Send-IoTFEvent status 1 -QoS 0 -PassThru
        $receipt.QoS | Should -Be 0
        $receipt.PacketId | Should -Be 0
        $null = Receive-IoTFEvent status -Count 1 -Timeout 30
    }
}

Describe 'Receiving' {
    It 'ends after the time, without an error' {
        Receive-IoTFEvent never -Timeout 0.2 | Should -BeNullOrEmpty
    }

    It 'takes only what was asked for, and leaves the rest of a device''s commands' {
        'one', 'two', 'one' | ForEach-Object { Send-IoTFCommand $_ -DeviceType pump -DeviceId p1 }
        (Receive-IoTFCommand two -Count 1 -Timeout 30).CommandId | Should -Be 'two'
        $rest = Receive-IoTFCommand -Count 2 -Timeout 30
        $rest.CommandId -join ',' | Should -Be 'one,one'
    }

    It 'sends a command without data as an empty object' {
        Send-IoTFCommand reboot -DeviceType pump -DeviceId p1
        (Receive-IoTFCommand -Count 1 -Timeout 30).Text | Should -Be '{}'
    }
}
