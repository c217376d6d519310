BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $there = @{ HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $emulator.CACertificate; Organization = $emulator.Organization }
    $devices = foreach ($number in 1..40) { New-IoTFEmulatorDevice pump "p$number" }

    # A row of a CSV with the token as it has to be.
    function New-Row($Device, $Id = $Device.DeviceId, $Token = $Device.Token) {
        [pscustomobject]@{ DeviceType = $Device.DeviceType; DeviceId = $Id; Token = $Token }
    }

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
    Stop-IoTFEmulator
}

Describe 'Piped objects that connect side by side' {
    AfterEach {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'come out in the order in which they went in' {
        $sessions = $devices | Connect-IoTFDevice -ThrottleLimit 32
        $sessions.DeviceId -join ' ' | Should -Be ($devices.DeviceId -join ' ')
        @($sessions | Where-Object State -eq Open).Count | Should -Be 40
        @(Get-IoTFSession).Count | Should -Be 40
    }

    It 'fail one by one, and the others go on' {
        $rows = @($devices | ForEach-Object { New-Row $_ })
        $rows[0].DeviceId = 'p 1'
        $rows[20].Token = $devices[21].Token
        $rows[39].Token = $null
        $sessions = $rows | Connect-IoTFDevice @there -ErrorVariable faults -ErrorAction SilentlyContinue
        @($sessions).Count | Should -Be 37
        $faults.Count | Should -Be 3
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'InvalidDeviceId,*'
        $faults[1].FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
        $faults[1].Exception.Code | Should -Be 5
        $faults[1].CategoryInfo.TargetName | Should -Be 'pump/p21'
        $faults[2].FullyQualifiedErrorId | Should -BeLike 'TokenNeeded,*'
        [object]::ReferenceEquals($faults[0].TargetObject, $rows[0]) | Should -BeTrue
        [object]::ReferenceEquals($faults[1].TargetObject, $rows[20]) | Should -BeTrue

        # Tried again when it is right, the same object connects.
        $rows[20].Token = $devices[20].Token
        ($faults[1].TargetObject | Connect-IoTFDevice @there).DeviceId | Should -Be 'p21'
    }

    It 'end the cmdlet when there is only one of them' {
        $fault = Get-Fault { New-Row $devices[0] -Token $devices[1].Token | Connect-IoTFDevice @there }
        $fault.FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
        $fault.TargetObject.DeviceId | Should -Be 'p1'
    }

    It 'end at the first that fails with -ErrorAction Stop, and leave nothing open that was not emitted' {
        $rows = @($devices | ForEach-Object { New-Row $_ })
        $rows[2].Token = $devices[3].Token
        $seen = [System.Collections.Generic.List[object]]::new()
        $fault = Get-Fault { $rows | Connect-IoTFDevice @there -ErrorAction Stop | ForEach-Object { $seen.Add($_) } }
        $fault.FullyQualifiedErrorId | Should -BeLike 'NotAuthorized,*'
        $seen.DeviceId -join ' ' | Should -Be 'p1 p2'
        (Get-IoTFSession).DeviceId -join ' ' | Should -Be 'p1 p2'
    }

    It 'stop when nobody wants more of them, and leave nothing open that was not emitted' {
        $first = & { foreach ($session in $devices | Connect-IoTFDevice) { $session; break } }
        $first.DeviceId | Should -Be 'p1'
        $null = $devices | Connect-IoTFDevice -Force | ForEach-Object { if ($_.DeviceId -eq 'p3') { Get-IoTFSession } }
        @(Get-IoTFSession).Count | Should -Be 40
    }

    It 'share the session when they are of the same client' {
        $sessions = $devices[0], $devices[1], $devices[0] | Connect-IoTFDevice
        $sessions.Count | Should -Be 3
        [object]::ReferenceEquals($sessions[0], $sessions[2]) | Should -BeTrue
        @(Get-IoTFSession).Count | Should -Be 2
    }

    It 'take a name once' {
        $null = $devices[0], $devices[1] | Connect-IoTFDevice -Name first -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 1
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'NameInUse,*'
        $faults[0].TargetObject.DeviceId | Should -Be 'p2'
        (Get-IoTFSession).DeviceId | Should -Be 'p1'
    }

    It 'are open one after the other with -ThrottleLimit 1' {
        $open = [System.Collections.Generic.List[int]]::new()
        $out = [System.Collections.Generic.List[int]]::new()
        $null = $devices[0..4] | ForEach-Object { $open.Add(@(Get-IoTFSession).Count); $_ } | Connect-IoTFDevice -ThrottleLimit 1 |
            ForEach-Object { $out.Add($open.Count) }
        $open -join ' ' | Should -Be '0 1 2 3 4'
        $out -join ' ' | Should -Be '1 2 3 4 5'
    }

    It 'replace sessions side by side with -Force' {
        $before = $devices | Connect-IoTFDevice
        $after = $devices | Connect-IoTFDevice -KeepAlive 10 -Force
        @($before | Where-Object State -eq Closed).Count | Should -Be 40
        @($after | Where-Object State -eq Open).Count | Should -Be 40
        @(Get-IoTFSession).Count | Should -Be 40
    }

    It 'are refused with a token in plain text, which is not repeated' {
        $rows = (New-Row $devices[0]), (New-Row $devices[1] -Token 'plain-text-token'), (New-Row $devices[2])
        $sessions = $rows | Connect-IoTFDevice @there -ErrorVariable faults -ErrorAction SilentlyContinue
        $sessions.DeviceId -join ' ' | Should -Be 'p1 p3'
        $faults.Count | Should -Be 1
        $faults[0].ToString() | Should -Match 'ConvertTo-SecureString'
        $faults[0].ToString() | Should -Not -Match 'plain-text-token'
    }

    It 'have to say something' {
        $first = $devices[0]
        $same = @{ DeviceType = 'pump'; DeviceId = 'p1'; Token = $first.Token }
        $null = [pscustomobject]@{ Color = 'red' }, 5 | Connect-IoTFDevice @there @same -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 2
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'InputNotUnderstood,*'
        $faults[0].TargetObject.Color | Should -Be 'red'
        Get-IoTFSession | Should -BeNullOrEmpty
    }

    It 'may be gateways and applications' {
        $gateways = foreach ($number in 1..5) { New-IoTFEmulatorDevice hall "g$number" -Gateway }
        ($gateways | Connect-IoTFGateway).Count | Should -Be 5
        $keys = foreach ($number in 1..5) { New-IoTFEmulatorApiKey }
        $applications = $keys | Connect-IoTFApplication
        @($applications | Where-Object State -eq Open).Count | Should -Be 5
    }
}

Describe 'Piped sessions' {
    BeforeAll {
        $few = $devices[0..9] | Connect-IoTFDevice
        $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -Name watcher
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'send an event each' {
        Get-IoTFSession 'd:*' | Send-IoTFEvent hello @{ n = 1 }
        $events = Receive-IoTFEvent hello -Count 10 -Timeout 30
        @($events.DeviceId | Sort-Object -Unique).Count | Should -Be 10
        @($events | Where-Object Text -eq '{"n":1}').Count | Should -Be 10
    }

    It 'send an empty object when there are no data' {
        $few | Send-IoTFEvent nothing
        $events = Receive-IoTFEvent nothing -Count 10 -Timeout 30
        @($events | Where-Object Text -eq '{}').Count | Should -Be 10
    }

    It 'come straight from connecting' {
        $devices[20..22] | Connect-IoTFDevice | Send-IoTFEvent born @{ ok = $true } -QoS 2
        (Receive-IoTFEvent born -Count 3 -Timeout 30).Count | Should -Be 3
    }

    It 'give a receipt each' {
        $receipts = $few | Send-IoTFEvent hello @{ n = 2 } -PassThru
        $receipts.ClientId -join ' ' | Should -Be ($few.ClientId -join ' ')
        [object]::ReferenceEquals($receipts[3].Input, $few[3]) | Should -BeTrue
        $null = Receive-IoTFEvent hello -Count 10 -Timeout 30
    }

    It 'that cannot send are an error each, and the others do' {
        $closed = $devices[30] | Connect-IoTFDevice
        Disconnect-IoTFSession $closed
        $few[0], $application, $closed, $few[1] | Send-IoTFEvent partly @{ n = 3 } -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 2
        $faults[0].TargetObject.Name | Should -Be 'watcher'
        $faults[1].FullyQualifiedErrorId | Should -BeLike 'NoSession,*'
        [object]::ReferenceEquals($faults[1].TargetObject, $closed) | Should -BeTrue
        (Receive-IoTFEvent partly -Count 2 -Timeout 30).DeviceId | Sort-Object | Should -Be @('p1', 'p2')
    }

    It 'of applications send commands, and events of the device that is named' {
        $application | Send-IoTFCommand reboot @{ delay = 1 } -DeviceType pump -DeviceId p1
        (Receive-IoTFCommand -Session $few[0] -Count 1 -Timeout 30).Data.delay | Should -Be 1
        $application | Send-IoTFEvent named @{ n = 4 } -DeviceType pump -DeviceId p35
        (Receive-IoTFEvent named -Count 1 -Timeout 30).DeviceId | Should -Be 'p35'
    }

    It 'of devices name the device where another session sends' {
        $few[0..1] | Send-IoTFCommand reboot @{ delay = 2 }
        $few[0..1] | Send-IoTFCommand reboot
        foreach ($session in $few[0..1]) {
            $texts = (Receive-IoTFCommand -Session $session -Count 2 -Timeout 30).Text
            $texts -join ' ' | Should -Be '{"delay":2} {}'
        }

        $few[0..1] | Send-IoTFEvent spoken -Session $application
        (Receive-IoTFEvent spoken -Count 2 -Timeout 30).DeviceId | Should -Be @('p1', 'p2')
    }

    It 'do not send what names another device' {
        $few[0] | Send-IoTFEvent other 1 -DeviceType pump -DeviceId p2 -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
    }

    It 'end the cmdlet before anything is sent when a rule is broken for all of them' {
        (Get-Fault { $few | Send-IoTFEvent 'a/b' 1 }).FullyQualifiedErrorId | Should -BeLike 'InvalidEventId,*'
    }

    It 'may come among rows that name devices' {
        $row = [pscustomobject]@{ DeviceType = 'pump'; DeviceId = 'p5' }
        $few[2], $row, $few[3] | Send-IoTFCommand set @{ n = 5 }
        foreach ($session in $few[2..4]) { (Receive-IoTFCommand set -Session $session -Count 1 -Timeout 30).Data.n | Should -Be 5 }
    }

    It 'may be those of gateways' {
        $gateway = New-IoTFEmulatorDevice hall g9 -Gateway | Connect-IoTFGateway
        $few[2], $gateway | Send-IoTFEvent mixed @{ n = 6 } -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults | Should -BeNullOrEmpty
        $ids = (Receive-IoTFEvent mixed -Count 2 -Timeout 30).DeviceId
        ($ids | Sort-Object) -join ' ' | Should -Be 'g9 p3'
        Disconnect-IoTFSession $gateway
    }

    It 'are not what a text is, which is data or nothing' {
        'p1', 'p2' | Send-IoTFEvent text 1 -Session $few[0] -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 2
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'InputObjectNotBound,*'
    }

    It 'are told from rows that name devices, which one session speaks for' {
        $rows = foreach ($number in 11..13) { [pscustomobject]@{ DeviceType = 'pump'; DeviceId = "p$number" } }
        $rows | Send-IoTFEvent spoken @{ n = 6 } -Session $application
        $events = Receive-IoTFEvent spoken -Count 3 -Timeout 30
        $events.DeviceId -join ' ' | Should -Be 'p11 p12 p13'
        $events[0].Text | Should -Be '{"n":6}'
    }
}
