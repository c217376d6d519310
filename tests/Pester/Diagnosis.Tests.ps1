BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $null = Start-IoTFEmulator -Port 0 -PlainPort 0
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Test-IoTFConnection' {
    It 'takes a device of the emulator from the pipeline and finds nothing wrong' {
        $rows = New-IoTFEmulatorDevice pump p1 | Test-IoTFConnection
        $rows.Count | Should -Be 11
        ($rows | Where-Object Result -eq Failed).Count | Should -Be 0
        ($rows | Where-Object Step -eq CONNACK).Result | Should -Be 'Passed'
        ($rows | Where-Object Step -eq Subscribe).Result | Should -Be 'Passed'
        ($rows | Where-Object Step -eq Publish).Result | Should -Be 'Skipped'
    }

    It 'takes an API key and answers yes or no' {
        $key = New-IoTFEmulatorApiKey
        $key | Test-IoTFConnection -Quiet | Should -BeTrue
        $other = New-IoTFEmulatorApiKey
        Test-IoTFConnection -ApiKey $key.ApiKey -Token $other.Token -Organization $key.Organization -HostName $key.HostName -Port $key.Port -CACertificate $key.CACertificate -Quiet |
            Should -BeFalse
    }

    It 'tests a member of a scalable application: <Name>' -ForEach @(
        @{ Name = 'with an instance id'; Member = @{ InstanceId = 'i1' }; ClientId = 'A:*:dashboard:i1' }
        @{ Name = 'without one'; Member = @{ Scalable = $true }; ClientId = 'A:*:dashboard' }
    ) {
        $rows = New-IoTFEmulatorApiKey | Test-IoTFConnection -ApplicationId dashboard @Member
        @($rows | Where-Object Result -eq Failed).Count | Should -Be 0
        $rows[0].Detail | Should -BeLike "$ClientId to *"
        ($rows | Where-Object Step -eq Subscribe).Result | Should -Be 'Passed'
    }

    It 'asks for the application id of a scalable application' {
        $rows = New-IoTFEmulatorApiKey | Test-IoTFConnection -Scalable
        $rows[0].ErrorId | Should -Be 'ApplicationIdNeeded'
    }

    It 'leaves a session of this runspace alone' {
        $device = New-IoTFEmulatorDevice pump p2
        $session = $device | Connect-IoTFDevice
        $row = $device | Test-IoTFConnection | Where-Object Step -eq CONNACK
        $row.Result | Should -Be 'Skipped'
        $row.Detail | Should -BeLike '*-Force*'
        $session.State | Should -Be 'Open'
    }

    It 'tells a wrong configuration as a step, not as an error' {
        $rows = Test-IoTFConnection -Organization abc123 -DeviceType pump
        $rows[0].Result | Should -Be 'Failed'
        $rows[0].ErrorId | Should -Be 'DeviceNeeded'
        ($rows | Where-Object Result -eq Skipped).Count | Should -Be 10
    }
}
