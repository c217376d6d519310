BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
}

AfterAll {
    Stop-IoTFEmulator
}

Describe 'The pool of sessions' {
    BeforeAll {
        $p1 = New-IoTFEmulatorDevice pump p1
    }

    AfterEach {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'is empty at first' {
        Get-IoTFSession | Should -BeNullOrEmpty
    }

    It 'gives the open session back when nothing differs' {
        $first = $p1 | Connect-IoTFDevice
        $second = $p1 | Connect-IoTFDevice
        [object]::ReferenceEquals($first, $second) | Should -BeTrue
        $emulator.Connections.Count | Should -Be 1
    }

    It 'refuses other options without -Force' {
        $null = $p1 | Connect-IoTFDevice
        { $p1 | Connect-IoTFDevice -KeepAlive 10 } | Should -Throw -ErrorId 'SessionDiffers,*'
    }

    It 'replaces the session with -Force' {
        $first = $p1 | Connect-IoTFDevice
        $second = $p1 | Connect-IoTFDevice -KeepAlive 10 -Force
        $first.State | Should -Be 'Closed'
        $second.State | Should -Be 'Open'
        (Get-IoTFSession).Count | Should -Be 1
    }

    It 'takes another name for another option' {
        $first = $p1 | Connect-IoTFDevice -Name first
        [object]::ReferenceEquals($first, ($p1 | Connect-IoTFDevice -Name FIRST)) | Should -BeTrue
        { $p1 | Connect-IoTFDevice -Name second } | Should -Throw -ErrorId 'SessionDiffers,*'
        $first.State | Should -Be 'Open'
        ($p1 | Connect-IoTFDevice -Name second -Force).Name | Should -Be 'second'
        $first.State | Should -Be 'Closed'
    }

    It 'keeps an open session when another service is meant by mistake, and replaces it with -Force' {
        $first = $p1 | Connect-IoTFDevice
        { $p1 | Connect-IoTFDevice -HostName 127.0.0.1 } | Should -Throw -ErrorId 'NameInUse,*' -ExpectedMessage "*localhost:$($emulator.Port)*"
        $first.State | Should -Be 'Open'
        ($p1 | Connect-IoTFDevice -HostName 127.0.0.1 -Force).HostName | Should -Be '127.0.0.1'
        $first.State | Should -Be 'Closed'
        @(Get-IoTFSession).Count | Should -Be 1
    }

    It 'gives the name of a session that is over to the next one' {
        $first = $p1 | Connect-IoTFDevice
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        $first | ForEach-Object -Parallel {
            Import-Module $using:manifest
            Disconnect-IoTFSession $_
        }
        (Get-IoTFSession).State | Should -Be 'Closed'
        ($p1 | Connect-IoTFDevice -HostName 127.0.0.1).State | Should -Be 'Open'
        @(Get-IoTFSession).Count | Should -Be 1
    }

    It 'finds a name with brackets, which is a pattern as well' {
        $session = $p1 | Connect-IoTFDevice -Name 'hall[1]'
        (Get-IoTFSession 'hall[1]').ClientId | Should -Be $session.ClientId
        Disconnect-IoTFSession 'hall[1]'
        $session.State | Should -Be 'Closed'
    }

    It 'finds sessions by name and by ClientId, with wildcards' {
        $null = $p1 | Connect-IoTFDevice -Name first
        (Get-IoTFSession first).ClientId | Should -BeLike 'd:*:pump:p1'
        (Get-IoTFSession 'd:*').Name | Should -Be 'first'
        Get-IoTFSession second | Should -BeNullOrEmpty
    }

    It 'does not take a name twice' {
        $null = $p1 | Connect-IoTFDevice -Name first
        { New-IoTFEmulatorDevice pump p2 | Connect-IoTFDevice -Name FIRST } | Should -Throw -ErrorId 'NameInUse,*'
    }

    It 'shows and serializes what its sessions tell, and not what binds them in a pipeline' {
        $session = $p1 | Connect-IoTFDevice
        $told = $session.GetType().GetProperties().Name | Sort-Object
        $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($session))
        foreach ($one in $session, $copy) {
            $one.PSObject.Properties.Name | Sort-Object | Should -Be $told
        }
    }

    It 'is emptied by disconnecting' {
        $session = $p1 | Connect-IoTFDevice
        Disconnect-IoTFSession
        Get-IoTFSession | Should -BeNullOrEmpty
        $session.State | Should -Be 'Closed'
    }

    It 'says that a named session is not there' {
        Disconnect-IoTFSession nobody -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'NoSession,*'
        $fault[0].TargetObject | Should -Be 'nobody'
    }

    It 'disconnects the others when one value is no session' {
        $session = $p1 | Connect-IoTFDevice
        5, $session | Disconnect-IoTFSession -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'NoSession,*'
        $fault[0].TargetObject | Should -Be 5
        $session.State | Should -Be 'Closed'
    }

    It 'disconnects by name, and takes no error from a wildcard that fits nothing' {
        $null = $p1 | Connect-IoTFDevice -Name first
        Disconnect-IoTFSession 'x*'
        Disconnect-IoTFSession first
        Get-IoTFSession | Should -BeNullOrEmpty
    }
}

Describe 'The choice of a session' {
    BeforeAll {
        $one = New-IoTFEmulatorDevice choice c1 | Connect-IoTFDevice
        $two = New-IoTFEmulatorDevice choice c2 | Connect-IoTFDevice
        $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'is refused when two devices could send the event' {
        { Send-IoTFEvent status 1 } | Should -Throw -ErrorId 'SeveralSessions,*' -ExpectedMessage '*choice:c1*choice:c2*'
    }

    It 'takes a session' {
        Send-IoTFEvent status 1 -Session $one
        (Receive-IoTFEvent status -Count 1 -Timeout 30).DeviceId | Should -Be 'c1'
    }

    It 'takes a name with wildcards' {
        Send-IoTFEvent status 2 -Session '*:c2'
        (Receive-IoTFEvent status -Count 1 -Timeout 30).DeviceId | Should -Be 'c2'
    }

    It 'refuses a role that cannot do it' {
        { Send-IoTFEvent status 1 -Session $application } | Should -Throw -ErrorId 'RoleCannot,*'
        { Receive-IoTFEvent -Session $one -Count 1 } | Should -Throw -ErrorId 'RoleCannot,*'
    }

    It 'says which sessions there are when none fits' {
        Disconnect-IoTFSession $application
        { Receive-IoTFEvent -Count 1 } | Should -Throw -ErrorId 'NoSession,*' -ExpectedMessage '*choice:c1 (a device, open)*'
    }
}

Describe 'A lost connection' {
    It 'ends the session when the service does not let it in any more' {
        $key = New-IoTFEmulatorApiKey
        $application = $key | Connect-IoTFApplication
        $device = New-IoTFEmulatorDevice lost l1 | Connect-IoTFDevice -ReconnectDelay 0.01
        # The same identity from another runspace throws this one out, and leaves.
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        $again = New-IoTFEmulatorDevice lost l1 -Force
        1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            try { $null = $using:again | Connect-IoTFDevice } catch { $_ }
        } | Should -BeNullOrEmpty

        # The token of the first registration is not valid any more: the session ends, and says why.
        { Receive-IoTFCommand -Session $device -Timeout 30 } | Should -Throw -ErrorId 'N*,*'
        $device.State | Should -Be 'Failed'
        $device.LastError | Should -Match 'not authorized'
        Disconnect-IoTFSession $application
    }

    It 'comes back by itself when the identity is still valid' {
        $credentials = New-IoTFEmulatorDevice lost l2
        $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication
        $device = $credentials | Connect-IoTFDevice -ReconnectDelay 0.01
        $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
        1 | ForEach-Object -Parallel {
            Import-Module $using:manifest
            $null = $using:credentials | Connect-IoTFDevice
        }

        # The service may take some over the old connection before it ends that one.
        $sent = 0
        do {
            Send-IoTFEvent status (++$sent) -Session $device -WarningAction SilentlyContinue
            (Receive-IoTFEvent status -DeviceType lost -Count 1 -Timeout 30).Data | Should -Be $sent
        } until ($device.Reconnects -gt 0 -or $sent -eq 10000)
        $device.Reconnects | Should -BeGreaterThan 0
        Get-IoTFSession | Disconnect-IoTFSession
    }
}
