BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
    $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId dashboard -Name "the boss's"

    function Complete([string] $Line) {
        $completion = [System.Management.Automation.CommandCompletion]::CompleteInput($Line, $Line.Length, $null)
        @($completion.CompletionMatches | Where-Object ResultType -eq ParameterValue | ForEach-Object CompletionText) -join ' '
    }
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Completion' {
    BeforeAll {
        @{ n = 1 } | Send-IoTFEvent status -Session $device
        'x' | Send-IoTFEvent 'it''s odd' -Format weird -Session $device
        1 | Send-IoTFEvent start -DeviceType fan -DeviceId f1 -Session $application -ErrorAction SilentlyContinue
        $null = Receive-IoTFEvent -Session $application -Count 2 -Timeout 30
        Send-IoTFCommand reboot 1 -DeviceType pump -DeviceId p1 -Session $application
        $null = Receive-IoTFCommand -Session $device -Count 1 -Timeout 30
    }

    It 'knows the sessions' {
        Complete 'Send-IoTFEvent status -Session ' | Should -Be "$($device.Name) 'the boss''s'"
        Complete 'Disconnect-IoTFSession d' | Should -Be $device.Name
        Complete 'Get-IoTFSession the' | Should -Be "'the boss''s'"
    }

    It 'knows the ids of events and commands that were sent or received' {
        Complete 'Receive-IoTFEvent ' | Should -Be "'it''s odd' start status"
        Complete 'Send-IoTFEvent st' | Should -Be 'start status'
        Complete 'Receive-IoTFCommand -CommandId ' | Should -Be 'reboot'
        Complete 'Register-IoTFAction -Event -EventId sta' | Should -Be 'start status'
    }

    It 'knows devices, and their ids by their type' {
        Complete 'Receive-IoTFStatus -DeviceType ' | Should -Be 'fan pump'
        Complete 'Receive-IoTFStatus -DeviceId ' | Should -Be 'f1 p1'
        Complete 'Send-IoTFCommand reboot -DeviceType fan -DeviceId ' | Should -Be 'f1'
        Complete 'Connect-IoTFDevice -DeviceType p' | Should -Be 'pump'
    }

    It 'knows formats' {
        Complete 'Send-IoTFEvent status -Format js' | Should -Be 'json json-iotf'
        Complete 'Receive-IoTFEvent -Format wei' | Should -Be 'weird'
    }

    It 'knows actions' {
        $null = Register-IoTFAction -Command -Session $device -SourceIdentifier reboots { }
        Complete 'Unregister-IoTFAction ' | Should -Be 'reboots'
        Unregister-IoTFAction reboots
        Complete 'Unregister-IoTFAction r' | Should -BeNullOrEmpty
    }

    It 'names files of configuration and folders, and no others' {
        $null = 'device.yaml', 'device.ini', 'device.exe' | ForEach-Object { New-Item (Join-Path $TestDrive $_) }
        $null = New-Item (Join-Path $TestDrive 'devices') -ItemType Directory
        $line = "Connect-IoTFDevice -ConfigurationFile $TestDrive/dev"
        $found = [string[]]@([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches | ForEach-Object ListItemText)
        [System.Array]::Sort($found)
        $found -join ' ' | Should -Be 'device.ini device.yaml devices'
    }

    It 'asks nothing of the service' {
        $before = $emulator.MessagesIn
        foreach ($line in 'Send-IoTFEvent ', 'Receive-IoTFStatus -DeviceId ', 'Get-IoTFSession ') { $null = Complete $line }
        $emulator.MessagesIn | Should -Be $before
    }
}
