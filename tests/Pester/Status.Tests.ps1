BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0 -PlainPort 0
    $key = New-IoTFEmulatorApiKey
    $watcher = $key | Connect-IoTFApplication -ApplicationId watcher
    $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'The status of a device' {
    It 'is there at once, from before the subscription, and goes on' {
        $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
        $known = Receive-IoTFStatus -DeviceType pump -DeviceId p1 -Count 1 -Timeout 30
        $known.Action | Should -Be 'Connect'
        $known.Retained | Should -BeTrue
        $known.IsConnected | Should -BeTrue
        $known.ClientId | Should -Be $device.ClientId
        $known.Secure | Should -BeTrue
        $known.Port | Should -Be $emulator.Port
        $known.Protocol | Should -Be 'mqtt4'
        $known.Time.Kind | Should -Be 'Utc'

        Send-IoTFEvent status 1
        Disconnect-IoTFSession $device
        $gone = Receive-IoTFStatus -DeviceType pump -DeviceId p1 -Count 1 -Timeout 30
        $gone.Action | Should -Be 'Disconnect'
        $gone.Retained | Should -BeFalse
        $gone.IsConnected | Should -BeFalse
        $gone.CloseCode | Should -BeNullOrEmpty
        $gone.CloseMeaning | Should -Be 'The client disconnected.'
        $gone.ReadMessages | Should -Be 1
        $gone.ReadBytes | Should -BeGreaterThan 0
        $null = Receive-IoTFEvent status -Count 1 -Timeout 30
    }

    It 'does not say offline when another connection took the ClientId over' {
        $credentials = New-IoTFEmulatorDevice pump twice
        $null = $credentials | Connect-IoTFDevice -NoReconnect -Name first
        $null = Receive-IoTFStatus -DeviceType pump -DeviceId twice -Count 1 -Timeout 30
        $null = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            $null = $using:credentials | Connect-IoTFDevice
        }
        $all = Receive-IoTFStatus -DeviceType pump -DeviceId twice -Count 3 -Timeout 30
        $taken = $all | Where-Object CloseCode -EQ 288
        $taken.Action | Should -Be 'Disconnect'
        $taken.IsConnected | Should -BeNullOrEmpty
        $taken.CloseMeaning | Should -Match 'same ClientId'
        @($all | Where-Object Action -EQ 'Connect').Count | Should -Be 1
        Get-IoTFSession first | Disconnect-IoTFSession
    }

    It 'tells of connects that were refused, which say nothing about the device' {
        $null = New-IoTFEmulatorDevice pump refused
        $null = Receive-IoTFStatus -DeviceType pump -DeviceId refused -Timeout 0
        { Connect-IoTFDevice -Organization $emulator.Organization -DeviceType pump -DeviceId refused -Token $key.Token -HostName localhost -Port $emulator.Port -CACertificate $emulator.CACertificate } |
            Should -Throw -ErrorId 'NotAuthorized,*'
        $refused = Receive-IoTFStatus -DeviceType pump -DeviceId refused -Count 1 -Timeout 30
        $refused.Action | Should -Be 'FailedConnect'
        $refused.CloseCode | Should -Be 180
        $refused.IsConnected | Should -BeNullOrEmpty
        $refused.CloseMeaning | Should -Match 'not authorized'
    }

    It 'of an application is asked for' {
        $null = Receive-IoTFStatus -Application -ApplicationId other -Timeout 0
        $other = $key | Connect-IoTFApplication -ApplicationId other -Name other
        Disconnect-IoTFSession $other
        $both = Receive-IoTFStatus -Application -ApplicationId other -Count 2 -Timeout 30
        $both.Action -join ' ' | Should -Be 'Connect Disconnect'
        $both[0].ApplicationId | Should -Be 'other'
        $both[0].User | Should -Be $key.ApiKey
        $both[0].DeviceId | Should -BeNullOrEmpty
    }
}

Describe 'A last will' {
    It 'arrives, and then the status with the close code' {
        $credentials = New-IoTFEmulatorDevice pump lost
        $null = Receive-IoTFStatus -DeviceType pump -DeviceId lost -Timeout 0
        $null = $credentials | Connect-IoTFDevice -WillEvent lost -WillData @{ reason = 'gone' } -NoReconnect -Name lost

        # The same identity from another runspace throws it out without a farewell.
        $null = 1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            $null = $using:credentials | Connect-IoTFDevice
        }
        $will = Receive-IoTFEvent lost -Count 1 -Timeout 30
        $will.DeviceId | Should -Be 'lost'
        $will.Data.reason | Should -Be 'gone'
        $will.Retain | Should -BeFalse
        Get-IoTFSession lost | Disconnect-IoTFSession
    }

    It 'does not arrive when the session was disconnected' {
        $gateway = New-IoTFEmulatorDevice gwt gw1 -Gateway | Connect-IoTFGateway -WillEvent lost
        Disconnect-IoTFSession $gateway
        $after = New-IoTFEmulatorDevice pump after | Connect-IoTFDevice
        Send-IoTFEvent after 1 -Session $after
        (Receive-IoTFEvent -Count 1 -Timeout 30).EventId | Should -Be 'after'
        Disconnect-IoTFSession $after
    }
}

Describe 'A notification' {
    It 'belongs to the send it is about, and is explained' {
        $gateway = New-IoTFEmulatorDevice gwt standard -Gateway -GatewayRole Standard | Connect-IoTFGateway
        1 | Send-IoTFEvent status -DeviceType nobody -DeviceId n1 -Session $gateway -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault.Count | Should -Be 1
        $fault[0].TargetObject | Should -Be 1
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'MessageRefused,*'
        "$($fault[0])" | Should -Match 'nobody/id/n1'
        $notification = Receive-IoTFNotification -Count 1 -Timeout 30
        $notification.Topic | Should -Be 'iot-2/type/nobody/id/n1/evt/status/fmt/json'
        "$($notification.DeviceType)/$($notification.DeviceId)" | Should -Be 'nobody/n1'
        $notification.ClientId | Should -Be $gateway.ClientId
        $notification.Code | Should -Be $fault[0].Exception.Code
        $gateway.State | Should -Be 'Open'
        Disconnect-IoTFSession $gateway
    }
}

Describe 'Quickstart' {
    It 'carries events of a device to an application that names it, without credentials' {
        $there = @{ Organization = 'quickstart'; HostName = $emulator.HostName; Port = $emulator.PlainPort; Insecure = $true; WarningAction = 'SilentlyContinue' }
        $device = Connect-IoTFDevice @there -DeviceType toy -DeviceId t1
        $application = Connect-IoTFApplication @there -ApplicationId show
        Receive-IoTFEvent -Session $application -DeviceId t1 -Timeout 0
        Send-IoTFEvent status @{ temperature = 1 } -Session $device -QoS 0
        (Receive-IoTFEvent -Session $application -DeviceId t1 -Count 1 -Timeout 30).Data.temperature | Should -Be 1

        { Receive-IoTFEvent -Session $application -Count 1 } | Should -Throw -ErrorId 'QuickstartNeedsDeviceId,*'
        { Receive-IoTFCommand -Session $device -Count 1 } | Should -Throw -ErrorId 'FilterNotAllowed,*'
        { Send-IoTFCommand reboot 1 -DeviceType toy -DeviceId t1 -Session $application } | Should -Throw -ErrorId 'TopicNotAllowed,*'
        { Send-IoTFEvent status x -Format text -Session $device } | Should -Throw -ErrorId 'TopicNotAllowed,*'
        Send-IoTFEvent status ([byte[]](1, 2)) -Session $device -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'TopicNotAllowed,*'
        "$($device.State) $($application.State)" | Should -Be 'Open Open'
        Disconnect-IoTFSession $device
        Disconnect-IoTFSession $application
    }
}
