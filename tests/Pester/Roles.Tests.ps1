BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $key = New-IoTFEmulatorApiKey

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

Describe 'A gateway' {
    BeforeAll {
        $gateway = New-IoTFEmulatorDevice gwt gw1 -Gateway | Connect-IoTFGateway
        $application = $key | Connect-IoTFApplication -ApplicationId dashboard
        foreach ($id in 'p1', 'p2') { $null = New-IoTFEmulatorDevice pump $id }
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'connects with its own identity' {
        $gateway.Role | Should -Be 'Gateway'
        $gateway.ClientId | Should -Be "g:$($emulator.Organization):gwt:gw1"
        $gateway.MaxInFlight | Should -Be 100
    }

    It 'sends events of its own without naming a device' {
        Send-IoTFEvent status @{ load = 0.5 }
        $received = Receive-IoTFEvent status -Count 1 -Timeout 30
        $received.DeviceType | Should -Be 'gwt'
        $received.DeviceId | Should -Be 'gw1'
    }

    It 'sends events of the devices behind it at QoS <_>' -ForEach 0, 1, 2 {
        Send-IoTFEvent status 1 -DeviceType pump -DeviceId p1 -Session $gateway -QoS $_
        (Receive-IoTFEvent status -Count 1 -Timeout 30).DeviceId | Should -Be 'p1'
    }

    It 'gives receipts in order' {
        $receipts = 1..300 | Send-IoTFEvent count -Session $gateway -DeviceType pump -DeviceId p1 -PassThru
        $receipts.Input -join ',' | Should -Be (1..300 -join ',')
        $null = Receive-IoTFEvent count -Count 300 -Timeout 30
    }

    It 'has its own commands and those of the devices behind it, from before the first receive on' {
        Send-IoTFCommand reboot 1 -DeviceType pump -DeviceId p1
        Send-IoTFCommand reboot 2 -DeviceType pump -DeviceId p2
        Send-IoTFCommand reboot 3 -DeviceType gwt -DeviceId gw1
        $received = Receive-IoTFCommand -Count 3 -Timeout 30
        ($received | ForEach-Object { "$($_.DeviceType)/$($_.DeviceId)=$($_.Data)" }) -join ' ' | Should -Be 'pump/p1=1 pump/p2=2 gwt/gw1=3'
    }

    It 'selects commands, and leaves the others for the next receive' {
        Send-IoTFCommand start 1 -DeviceType pump -DeviceId p1
        Send-IoTFCommand stop 2 -DeviceType pump -DeviceId p2
        (Receive-IoTFCommand stop -Session $gateway -DeviceType pump -Count 1 -Timeout 30).Data | Should -Be 2
        (Receive-IoTFCommand -Count 1 -Timeout 30).CommandId | Should -Be 'start'
    }

    It 'cannot send commands or receive events' {
        (Get-Fault { Send-IoTFCommand reboot 1 -DeviceType pump -DeviceId p1 -Session $gateway }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
        (Get-Fault { Receive-IoTFEvent -Session $gateway -Count 1 }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
        (Get-Fault { Receive-IoTFNotification -Session $application }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
        (Get-Fault { Receive-IoTFStatus -Session $gateway }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
    }
}

Describe 'Piped objects that name the device' {
    BeforeAll {
        $device = New-IoTFEmulatorDevice pump own | Connect-IoTFDevice
        $application = $key | Connect-IoTFApplication -ApplicationId fleet

        function New-Row([string] $Type, [string] $Id, $Value) {
            [pscustomobject]@{ DeviceType = $Type; DeviceId = $Id; value = $Value }
        }
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'send each an event of its device, without the columns that name it' {
        (New-Row pump a 1), (New-Row fan b 2) | Send-IoTFEvent status
        $received = Receive-IoTFEvent status -Count 2 -Timeout 30
        ($received | ForEach-Object { "$($_.DeviceType)/$($_.DeviceId)=$($_.Text)" }) -join ' ' | Should -Be 'pump/a={"value":1} fan/b={"value":2}'
    }

    It 'need the device in each row, and the others go on' {
        $rows = (New-Row pump a 1), ([pscustomobject]@{ value = 2 }), (New-Row pump 'b 2' 3), (New-Row pump $null 4), (New-Row pump c 5)
        $rows | Send-IoTFEvent status -Session $application -ErrorVariable faults -ErrorAction SilentlyContinue
        ($faults | ForEach-Object { $_.FullyQualifiedErrorId -replace ',.*' }) -join ' ' | Should -Be 'DeviceNeeded InvalidDeviceId InvalidDeviceId'
        [object]::ReferenceEquals($faults[0].TargetObject, $rows[1]) | Should -BeTrue
        [object]::ReferenceEquals($faults[1].TargetObject, $rows[2]) | Should -BeTrue
        (Receive-IoTFEvent status -Count 2 -Timeout 30).Data.value -join ',' | Should -Be '1,5'
    }

    It 'take the type from the parameter when they have only the id' {
        [pscustomobject]@{ DeviceId = 'x'; value = 1 } | Send-IoTFEvent status -DeviceType pump -Session $application
        $received = Receive-IoTFEvent status -Count 1 -Timeout 30
        "$($received.DeviceType)/$($received.DeviceId) $($received.Text)" | Should -Be 'pump/x {"value":1}'
    }

    It 'keep what they are when the parameters name the device' {
        New-Row pump a 1 | Send-IoTFEvent status -DeviceType pump -DeviceId p1
        (Receive-IoTFEvent status -Count 1 -Timeout 30).Text | Should -Be '{"DeviceType":"pump","DeviceId":"a","value":1}'
    }

    It 'are never sent by a device in the name of another' {
        $sent = $device.Sent
        New-Row pump own 1 | Send-IoTFEvent status -Session $device
        (New-Row pump own 2), (New-Row pump a 3), (New-Row pump own 4) | Send-IoTFEvent status -Session $device -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 1
        $faults[0].FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
        $faults[0].TargetObject.value | Should -Be 3
        $device.Sent - $sent | Should -Be 3
        (Receive-IoTFEvent status -Count 3 -Timeout 30).Data.value -join ',' | Should -Be '1,2,4'
        (Get-Fault { New-Row pump a 1 | Send-IoTFEvent status -Session $device }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
    }

    It 'choose the session by the device they name' {
        New-Row pump own 1 | Send-IoTFEvent status -ErrorVariable fault -ErrorAction SilentlyContinue -Session 'a:*'
        1 | Send-IoTFEvent status
        (Receive-IoTFEvent status -Count 2 -Timeout 30).DeviceId -join ' ' | Should -Be 'own own'
    }

    It 'send commands' {
        $one, $two = 'c1', 'c2' | ForEach-Object { New-IoTFEmulatorDevice pump $_ | Connect-IoTFDevice }
        (New-Row pump c1 1), (New-Row pump c2 2) | Send-IoTFCommand set
        (Receive-IoTFCommand -Session $one -Count 1 -Timeout 30).Text | Should -Be '{"value":1}'
        (Receive-IoTFCommand -Session $two -Count 1 -Timeout 30).Text | Should -Be '{"value":2}'
        $one, $two | Send-IoTFCommand reboot @{ delay = 3 }
        (Receive-IoTFCommand -Session $one -Count 1 -Timeout 30).Data.delay | Should -Be 3
        (Receive-IoTFCommand -Session $two -Count 1 -Timeout 30).Data.delay | Should -Be 3
    }

    It 'are received messages that go on with their payload and format' {
        Send-IoTFEvent raw ([byte[]] (0, 255)) -Session $device
        Receive-IoTFEvent raw -Count 1 -Timeout 30 | Send-IoTFEvent copy -Session $application
        $copy = Receive-IoTFEvent copy -Count 1 -Timeout 30
        "$($copy.DeviceId) $($copy.Format) $([System.Convert]::ToHexString($copy.Payload))" | Should -Be 'own bin 00FF'
    }
}

Describe 'An application that watches commands' {
    BeforeAll {
        $device = New-IoTFEmulatorDevice watched w1 | Connect-IoTFDevice
        $application = $key | Connect-IoTFApplication -ApplicationId watcher -SendOnly
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'gets what it sends to a device, and the device gets it, too' {
        Receive-IoTFCommand -Session $application -DeviceType watched -Timeout 0
        Send-IoTFCommand reboot 1 -DeviceType watched -DeviceId w1
        $seen = Receive-IoTFCommand -Session $application -DeviceType watched -Count 1 -Timeout 30
        "$($seen.DeviceType)/$($seen.DeviceId) $($seen.CommandId) $($seen.Data)" | Should -Be 'watched/w1 reboot 1'
        (Receive-IoTFCommand -Count 1 -Timeout 30).DeviceId | Should -Be 'w1'
    }

    It 'is meant when there is no device' {
        Disconnect-IoTFSession $device
        Send-IoTFCommand reboot 2 -DeviceType watched -DeviceId w1
        (Receive-IoTFCommand -Count 1 -Timeout 30).Data | Should -Be 2
    }

    It 'is not mistaken for a device that was named' {
        $device = New-IoTFEmulatorDevice watched w2 | Connect-IoTFDevice
        (Get-Fault { Receive-IoTFCommand -Session $device -DeviceId w1 -Count 1 }).FullyQualifiedErrorId | Should -BeLike 'RoleCannot,*'
        (Get-Fault { Receive-IoTFCommand -DeviceType watched -DeviceId w2 -Count 1 }).FullyQualifiedErrorId | Should -BeLike 'SeveralSessions,*'
        Disconnect-IoTFSession $device
    }
}

Describe 'Several receivers of one session' {
    It 'get every message each, over one subscription' {
        $device = New-IoTFEmulatorDevice pump busy | Connect-IoTFDevice
        $application = $key | Connect-IoTFApplication -ApplicationId shared
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        $entered = [System.Threading.CountdownEvent]::new(3)
        $job = 1..3 | ForEach-Object -AsJob -Parallel {
            Import-Module $using:manifest
            $entered = $using:entered
            $numbers = Receive-IoTFEvent count -Session $using:application -Count 60 -Timeout 60 -Verbose 4>&1 | ForEach-Object {
                if ($_ -isnot [System.Management.Automation.VerboseRecord]) { $_.Data }
                elseif ($_.Message -like 'Receiving*') { $null = $entered.Signal() }
            }
            $numbers -join ','
        }

        # What arrives before somebody receives goes to the first that takes it, so nothing is sent before all of them do.
        $entered.Wait([timespan]::FromSeconds(60)) | Should -BeTrue
        1..60 | Send-IoTFEvent count -Session $device
        $runs = $job | Receive-Job -Wait -AutoRemoveJob
        $runs.Count | Should -Be 3
        foreach ($run in $runs) {
            $run | Should -Be (1..60 -join ',')
        }

        Get-IoTFSession | Disconnect-IoTFSession
    }
}

Describe 'A scalable application' {
    AfterEach {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'has members with the same ClientId, told apart by name' {
        $one = $key | Connect-IoTFApplication -ApplicationId worker -Scalable
        $again = $key | Connect-IoTFApplication -ApplicationId worker -Scalable
        $two = $key | Connect-IoTFApplication -ApplicationId worker -Scalable -Name second
        [object]::ReferenceEquals($one, $again) | Should -BeTrue
        $one.Role | Should -Be 'ScalableApplication'
        "$($one.ClientId) $($two.ClientId)" | Should -Be "A:$($emulator.Organization):worker A:$($emulator.Organization):worker"
        "$($one.State) $($two.State)" | Should -Be 'Open Open'
        $emulator.Connections.Count | Should -Be 2
    }

    It 'has members with an instance id, which may be persistent' {
        $member = $key | Connect-IoTFApplication -ApplicationId worker -InstanceId i1 -Persistent
        $member.ClientId | Should -Be "A:$($emulator.Organization):worker:i1"
        $member.InstanceId | Should -Be 'i1'
        $member.Persistent | Should -BeTrue
    }

    It 'is refused before anything is sent: <Id>' -ForEach @(
        @{ Parameters = @{ Scalable = $true; ApplicationId = 'worker'; Persistent = $true }; Id = 'PersistentNeedsInstanceId' }
        @{ Parameters = @{ Scalable = $true }; Id = 'ApplicationIdNeeded' }
        @{ Parameters = @{ InstanceId = 'a b'; ApplicationId = 'worker' }; Id = 'InvalidInstanceId' }
    ) {
        $before = $emulator.Refusals.Count
        (Get-Fault { $key | Connect-IoTFApplication @Parameters }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $emulator.Refusals.Count | Should -Be $before
    }

    It 'of an application without an application id is not persistent: nobody would find the session again' {
        $before = $emulator.Refusals.Count, $emulator.ConnectionsTotal
        $fault = Get-Fault { $key | Connect-IoTFApplication -Persistent }
        $fault.FullyQualifiedErrorId | Should -BeLike 'ApplicationIdNeeded,*'
        $fault.ErrorDetails.RecommendedAction | Should -BeLike '*-ApplicationId*'
        $emulator.Refusals.Count, $emulator.ConnectionsTotal | Should -Be $before
        $session = $key | Connect-IoTFApplication -Persistent -ApplicationId nightly
        $session.Persistent | Should -BeTrue
    }

    It 'has a keep-alive of an hour at most' {
        ($key | Connect-IoTFApplication -ApplicationId worker -Scalable -KeepAlive 0).KeepAlive | Should -Be ([timespan]::FromHours(1))
    }
}

Describe 'A last will' {
    It 'is refused before anything is sent: <Id>' -ForEach @(
        @{ Parameters = @{ WillData = 1 }; Id = 'WillEventNeeded' }
        @{ Parameters = @{ WillEvent = 'a/b' }; Id = 'InvalidEventId' }
        @{ Parameters = @{ WillEvent = '' }; Id = 'InvalidEventId' }
        @{ Parameters = @{ WillEvent = 'lost'; WillFormat = '+' }; Id = 'InvalidFormat' }
        @{ Parameters = @{ WillEvent = 'lost'; WillData = [string]::new('x', 65536) }; Id = 'LoginTooLarge' }
        @{ Parameters = @{ WillEvent = 'lost'; WillData = [string]::new('x', 131073) }; Id = 'PayloadTooLarge' }
    ) {
        $before = $emulator.Refusals.Count
        $device = New-IoTFEmulatorDevice will w1 -Force
        (Get-Fault { $device | Connect-IoTFDevice @Parameters }).FullyQualifiedErrorId | Should -BeLike "$Id,*"
        $emulator.Refusals.Count | Should -Be $before
    }

    It 'of an application names a device' {
        (Get-Fault { $key | Connect-IoTFApplication -WillEvent lost }).FullyQualifiedErrorId | Should -BeLike 'DeviceNeeded,*'
    }

    It 'is an option of the session like the others' {
        $device = New-IoTFEmulatorDevice will w2
        $first = $device | Connect-IoTFDevice -WillEvent lost
        [object]::ReferenceEquals($first, ($device | Connect-IoTFDevice -WillEvent lost)) | Should -BeTrue
        (Get-Fault { $device | Connect-IoTFDevice -WillEvent gone }).FullyQualifiedErrorId | Should -BeLike 'SessionDiffers,*'
        Disconnect-IoTFSession $first
    }
}

Describe 'Quickstart' {
    It 'is refused before anything is sent: <Id>' -ForEach @(
        @{ Action = { Connect-IoTFDevice -Organization quickstart -DeviceType t -DeviceId d }; Id = 'QuickstartNeedsInsecure' }
        @{ Action = { Connect-IoTFDevice -Organization quickstart -DeviceType t -DeviceId d -Insecure -Token $key.Token }; Id = 'QuickstartTakesNoCredentials' }
        @{ Action = { Connect-IoTFApplication -Organization quickstart -ApiKey a-quickstart-key -Insecure }; Id = 'QuickstartTakesNoCredentials' }
        @{ Action = { Connect-IoTFDevice -Organization quickstart -DeviceType t -DeviceId d -Insecure -Persistent }; Id = 'QuickstartHasNoPersistentSessions' }
        @{ Action = { Connect-IoTFGateway -Organization quickstart -DeviceType t -DeviceId d -Insecure }; Id = 'QuickstartHasNoGateways' }
        @{ Action = { Connect-IoTFApplication -Organization quickstart -ApplicationId a -Scalable -Insecure }; Id = 'QuickstartHasNoScalableApplications' }
        @{ Action = { Connect-IoTFDevice -Organization quickstart -DeviceType t -DeviceId d -Insecure -WillEvent lost -WillFormat xml }; Id = 'TopicNotAllowed' }
    ) {
        (Get-Fault $Action).FullyQualifiedErrorId | Should -BeLike "$Id,*"
    }
}
