BeforeAll {
    $manifest = Convert-Path (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1')
    Import-Module $manifest -Force
    $emulator = Start-IoTFEmulator -Port 0
    $key = New-IoTFEmulatorApiKey

    # Actions run between the statements of this loop, on this thread.
    function Wait-Until([scriptblock] $Condition) {
        $limit = [datetime]::UtcNow.AddSeconds(60)
        while (-not (& $Condition)) {
            if ([datetime]::UtcNow -gt $limit) { throw "It never was so: $Condition" }
            [System.Threading.Thread]::Sleep(5)
        }
    }

    function Get-Subscriber { $ExecutionContext.Events.Subscribers | Where-Object SourceIdentifier -like 'IoTFAction*' }
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'An action' {
    BeforeAll {
        $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
        $other = New-IoTFEmulatorDevice pump p2 | Connect-IoTFDevice
        $application = $key | Connect-IoTFApplication -ApplicationId actions
    }

    BeforeEach {
        $seen = [System.Collections.ArrayList]::new()
    }

    AfterEach {
        Unregister-IoTFAction *
        $null = Receive-IoTFEvent -Session $application -Timeout 0
        Get-IoTFSession -WarningAction SilentlyContinue | Out-Null
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'is run over each message, in order, and knows message, session and data' {
        $action = Register-IoTFAction -Event -MessageData $seen {
            $null = $Event.MessageData.Add("$($EventArgs.Data.n) $($EventArgs.GetType().Name) $($EventArgs.DeviceId) $($Sender.Name) $($args[1].EventId)")
        }
        1..50 | ForEach-Object { @{ n = $_ } } | Send-IoTFEvent status -Session $device
        Wait-Until { $action.Received -eq 50 }
        $seen.Count | Should -Be 50
        $seen[0] | Should -Be "1 IoTFEvent p1 $($application.Name) status"
        $seen[49] | Should -Be "50 IoTFEvent p1 $($application.Name) status"
        $action.Failed | Should -Be 0
    }

    It 'keeps up while the script waits, although the engine looks for events five times a second only' {
        $action = Register-IoTFAction -Event -EventId many -MessageData $seen {
            $null = $Event.MessageData.Add(@($EventArgs.Data, $args[1].Data, $Event.SourceEventArgs.Data, $Event.SourceArgs[1].Data, $Event.SourceIdentifier, "$($Event.Sender)"))
        }
        1..300 | Send-IoTFEvent many -Session $device
        for ($waits = 0; $action.Received -lt 300 -and $waits -lt 30; $waits++) {
            Wait-Event -SourceIdentifier nothing -Timeout 1
        }

        $name = $action.SourceIdentifier
        $seen | ForEach-Object { "$_" } | Should -Be (1..300 | ForEach-Object { "$_ $_ $_ $_ $name $application" })
    }

    It 'is a subscriber and a job of the runspace until it is unregistered' {
        $action = Register-IoTFAction -Event { 'emitted' }
        @(Get-Subscriber).Count | Should -Be 1
        (Get-Subscriber).SourceIdentifier | Should -Be $action.SourceIdentifier
        (Get-Job -Name $action.SourceIdentifier).InstanceId | Should -Be $action.Job.InstanceId
        Send-IoTFEvent status 1 -Session $device
        Wait-Until { $action.Received -eq 1 }
        Receive-Job $action.Job | Should -Be 'emitted'
        $action | Unregister-IoTFAction
        Get-Subscriber | Should -BeNullOrEmpty
        $action.State | Should -Be 'Ended'
    }

    It 'is run over what its filters select' {
        $action = Register-IoTFAction -Event -EventId wanted -DeviceType pump -DeviceId p2 -Format text -MessageData $seen { $null = $Event.MessageData.Add($EventArgs.Text) }
        'no' | Send-IoTFEvent wanted -Format text -Session $device
        'no' | Send-IoTFEvent unwanted -Format text -Session $other
        'no' | Send-IoTFEvent wanted -Format csv -Session $other
        'yes' | Send-IoTFEvent wanted -Format text -Session $other
        Wait-Until { $action.Received -eq 1 }
        ($seen -join ',') | Should -Be 'yes'
    }

    It 'is run over the commands of a device' {
        $action = Register-IoTFAction -Command -CommandId reboot -Session $device -MessageData $seen { $null = $Event.MessageData.Add($EventArgs.Data.delay) }
        @{ delay = 1 } | Send-IoTFCommand update -DeviceType pump -DeviceId p1
        @{ delay = 2 } | Send-IoTFCommand reboot -DeviceType pump -DeviceId p1
        Wait-Until { $action.Received -eq 1 }
        ($seen -join ',') | Should -Be '2'
        $null = Receive-IoTFCommand -Session $device -Count 1 -Timeout 30
    }

    It 'is run over the status of devices and of applications' {
        $devices = Register-IoTFAction -Status -DeviceType pump -DeviceId p3 -MessageData $seen { $null = $Event.MessageData.Add("$($EventArgs.DeviceId) $($EventArgs.Action)") }
        $applications = Register-IoTFAction -Status -Application -ApplicationId p4 -MessageData $seen { $null = $Event.MessageData.Add("$($EventArgs.ApplicationId) $($EventArgs.Action)") }
        New-IoTFEmulatorDevice pump p3 | Connect-IoTFDevice | Disconnect-IoTFSession
        $key | Connect-IoTFApplication -ApplicationId p4 | Disconnect-IoTFSession
        Wait-Until { $devices.Received -eq 2 -and $applications.Received -eq 2 }
        (($seen -like 'p3*') -join ',') | Should -Be 'p3 Connect,p3 Disconnect'
        (($seen -like 'p4*') -join ',') | Should -Be 'p4 Connect,p4 Disconnect'
    }

    It 'goes on when it fails, is counted, and the next cmdlet warns of it' {
        $action = Register-IoTFAction -Event -MessageData $seen {
            if ($EventArgs.Data -eq 2) { throw 'the pump is stuck' }
            $null = $Event.MessageData.Add($EventArgs.Data)
        }
        1..3 | Send-IoTFEvent status -Session $device
        Wait-Until { $action.Received -eq 3 }
        ($seen -join ',') | Should -Be '1,3'
        $action.Failed | Should -Be 1
        $action.State | Should -Be 'Active'
        "$($action.LastError)" | Should -Be 'the pump is stuck'
        Receive-Job $action.Job -ErrorAction SilentlyContinue -ErrorVariable failure
        "$failure" | Should -Be 'the pump is stuck'
        Get-IoTFSession $application.Name -WarningVariable warning -WarningAction SilentlyContinue | Out-Null
        "$warning" | Should -Match 'failed for a message: the pump is stuck'

        # It was acknowledged: nothing is in flight any more.
        Wait-Until { ($emulator.Connections | Where-Object ClientId -eq $application.ClientId).InFlight -eq 0 }
    }

    It 'ends its work on a message with <_>, and nothing more' -ForEach 'return', 'break', 'continue', 'exit 3' {
        $action = Register-IoTFAction -Event -MessageData $seen ([scriptblock]::Create("
            if (`$EventArgs.Data -eq 1) { $_ }
            `$null = `$Event.MessageData.Add(`$EventArgs.Data)"))
        1..2 | Send-IoTFEvent status -Session $device
        Wait-Until { $action.Received -eq 2 }
        ($seen -join ',') | Should -Be '2'
        $action.Failed | Should -Be 0
    }

    It 'has one message at a time: the others wait, and none is acknowledged before it was acted on' {
        $action = Register-IoTFAction -Event -MessageData @{ Seen = $seen; Emulator = $emulator } {
            $limit = [datetime]::UtcNow.AddSeconds(60)
            while ($Sender.Waiting + $EventArgs.Data -lt 20 -and [datetime]::UtcNow -lt $limit) { [System.Threading.Thread]::Sleep(5) }
            $open = ($Event.MessageData.Emulator.Connections | Where-Object ClientId -eq $Sender.ClientId).InFlight
            $null = $Event.MessageData.Seen.Add("$($Sender.Waiting) $($open -gt $Sender.Waiting)")
        }
        1..20 | Send-IoTFEvent status -Session $device
        Wait-Until { $action.Received -eq 20 }
        $seen[0] | Should -Be '19 True'
        $seen[19] | Should -Be '0 True'
    }

    It 'unregisters itself' {
        $action = Register-IoTFAction -Event -SourceIdentifier IoTFActionOnce { Unregister-IoTFAction IoTFActionOnce }
        1..3 | Send-IoTFEvent status -Session $device
        Wait-Until { $action.State -eq 'Ended' }
        $action.Received | Should -Be 1
        Get-Subscriber | Should -BeNullOrEmpty
        (Receive-IoTFEvent -Session $application -Count 2 -Timeout 30).Count | Should -Be 2
    }

    It 'unregisters another one, whose message is on its way and is not acted on' {
        $names = 'IoTFActionLeft', 'IoTFActionRight'
        $actions = foreach ($name in $names) {
            Register-IoTFAction -Event -SourceIdentifier $name -MessageData @{ Seen = $seen; Other = $names -ne $name } {
                $limit = [datetime]::UtcNow.AddSeconds(60)
                while ($EventArgs.Data -eq 1 -and $Sender.Waiting -gt 0 -and [datetime]::UtcNow -lt $limit) { [System.Threading.Thread]::Sleep(5) }
                $null = $Event.MessageData.Seen.Add($Event.SourceIdentifier)
                Unregister-IoTFAction $Event.MessageData.Other -ErrorAction SilentlyContinue
            }
        }
        foreach ($number in 1..2) {
            Send-IoTFEvent status $number -Session $device
            Wait-Until { $seen.Count -eq $number }
        }
        $seen[1] | Should -Be $seen[0]
        @($actions | Where-Object State -eq Ended).Count | Should -Be 1
        Wait-Until { @(Get-Subscriber).Count -eq 1 }
        (Get-Subscriber).SourceIdentifier | Should -Be $seen[0]
    }

    It 'has its name again as soon as it is unregistered' {
        foreach ($number in 1..20) {
            $action = Register-IoTFAction -Event -SourceIdentifier IoTFActionAgain { }
            Send-IoTFEvent status $number -Session $device
            Unregister-IoTFAction IoTFActionAgain
            $action.State | Should -Be 'Ended'
        }
        Wait-Until { -not (Get-Subscriber) }
    }

    It 'ends with its job' {
        $action = Register-IoTFAction -Event { }
        $action.Job.StopJob()
        $action.State | Should -Be 'Ended'
        Get-Subscriber | Should -BeNullOrEmpty
        Send-IoTFEvent status 7 -Session $device
        (Receive-IoTFEvent -Session $application -Count 1 -Timeout 30).Data | Should -Be 7
    }

    It 'has a name that nobody else has' {
        $null = Register-IoTFAction -Event -SourceIdentifier IoTFActionName { }
        { Register-IoTFAction -Event -SourceIdentifier ioTFactionname { } } | Should -Throw -ErrorId 'SourceIdentifierInUse,*'
        { Register-IoTFAction -Event -SourceIdentifier PowerShell.Exiting { } } | Should -Throw -ErrorId 'SourceIdentifierInUse,*'
        { Register-IoTFAction -Event -Session $device { } } | Should -Throw -ErrorId 'RoleCannot,*'
        @(Get-Subscriber).Count | Should -Be 1
    }

    It 'is unregistered by pattern or session, unless only asked what if' {
        $one = Register-IoTFAction -Event -SourceIdentifier IoTFActionA { }
        $two = Register-IoTFAction -Command -Session $device -SourceIdentifier IoTFActionB { }
        Unregister-IoTFAction IoTFAction* -WhatIf
        @(Get-Subscriber).Count | Should -Be 2
        Unregister-IoTFAction -Session $device
        "$($one.State) $($two.State)" | Should -Be 'Active Ended'
        Unregister-IoTFAction IoTFActionA
        $one.State | Should -Be 'Ended'
        Unregister-IoTFAction IoTFActionA -ErrorVariable fault -ErrorAction SilentlyContinue
        $fault[0].FullyQualifiedErrorId | Should -BeLike 'NoAction,*'
    }
}

Describe 'An action at the end' {
    BeforeAll {
        $device = New-IoTFEmulatorDevice pump p9 | Connect-IoTFDevice
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'of its session is unregistered' {
        $application = $key | Connect-IoTFApplication -ApplicationId leaving
        $action = Register-IoTFAction -Event -Session $application { }
        Disconnect-IoTFSession $application
        $action.State | Should -Be 'Ended'
        Get-Subscriber | Should -BeNullOrEmpty
    }

    It 'of its session is unregistered, although another action of the session disconnects it' {
        $application = $key | Connect-IoTFApplication -ApplicationId quitting
        $seen = [System.Collections.ArrayList]::new()
        $actions = 1..2 | ForEach-Object {
            Register-IoTFAction -Event -Session $application -MessageData $seen {
                $null = $Event.MessageData.Add($Event.SourceIdentifier)
                Disconnect-IoTFSession $Sender
            }
        }
        Send-IoTFEvent status 1 -Session $device
        Wait-Until { -not (Get-Subscriber) }
        $seen.Count | Should -Be 1
        ($actions.State -join ' ') | Should -Be 'Ended Ended'
        $application.State | Should -Be 'Closed'
    }

    It 'that disconnects its session has the message acknowledged' {
        $credentials = New-IoTFEmulatorDevice pump p8
        $persistent = $credentials | Connect-IoTFDevice -Persistent
        $application = $key | Connect-IoTFApplication -ApplicationId commander -SendOnly
        $action = Register-IoTFAction -Command -CommandId stop -Session $persistent { Disconnect-IoTFSession $Sender }
        Send-IoTFCommand stop 1 -DeviceType pump -DeviceId p8 -Session $application
        Wait-Until { $action.Received -eq 1 }
        $persistent.State | Should -Be 'Closed'
        Send-IoTFCommand next 2 -DeviceType pump -DeviceId p8 -Session $application
        $persistent = $credentials | Connect-IoTFDevice -Persistent
        (Receive-IoTFCommand -Session $persistent -Count 1 -Timeout 30).CommandId | Should -Be 'next'
        Disconnect-IoTFSession $persistent
        Disconnect-IoTFSession $application
    }

    It 'of its connection is unregistered' {
        $application = $key | Connect-IoTFApplication -ApplicationId cut -NoReconnect
        $action = Register-IoTFAction -Event -Session $application { }
        Set-IoTFEmulatorFault $application.ClientId -Drop -Count 1
        Wait-Until { $action.State -eq 'Ended' }
        Wait-Until { -not (Get-Subscriber) }
        $application.State | Should -Be 'Failed'
        Disconnect-IoTFSession $application
    }

    It 'of its module or runspace (<_>) leaves what was not acted on to others' -ForEach 'Remove-Module', 'Close' {
        $application = $key | Connect-IoTFApplication -ApplicationId shared
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript({
            param($manifest, $session)
            Import-Module $manifest
            Register-IoTFAction -Event -Session $session { $null = 1 }
        }).AddArgument($manifest).AddArgument($application)
        $action = $shell.Invoke()[0]
        Send-IoTFEvent status 1 -Session $device
        Wait-Until { $action.Received -eq 1 }
        if ($_ -eq 'Close') { $runspace.Close() }
        else {
            $shell.Commands.Clear()
            $null = $shell.AddScript('Remove-Module IoTF').Invoke()
        }

        Wait-Until { $action.State -eq 'Ended' }
        Send-IoTFEvent status 2 -Session $device
        (Receive-IoTFEvent -Session $application -Count 1 -Timeout 30).Data | Should -Be 2
        $shell.Dispose()
        $runspace.Dispose()
        Disconnect-IoTFSession $application
    }

    It 'that Ctrl+C brings in the middle is begun again' {
        $application = $key | Connect-IoTFApplication -ApplicationId interrupted
        $data = [hashtable]::Synchronized(@{ Runs = 0; Began = [System.Threading.ManualResetEventSlim]::new() })
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript({
            param($manifest, $session, $data)
            Import-Module $manifest
            Register-IoTFAction -Event -Session $session -MessageData $data {
                $Event.MessageData.Runs++
                $Event.MessageData.Began.Set()
                while ($Event.MessageData.Runs -eq 1) { [System.Threading.Thread]::Sleep(5) }
            }
            while ($true) { [System.Threading.Thread]::Sleep(5) }
        }).AddArgument($manifest).AddArgument($application).AddArgument($data)
        $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
        $running = $shell.GetType().GetMethods().Where({ $_.Name -eq 'BeginInvoke' -and $_.IsGenericMethod -and $_.GetParameters().Count -eq 2 })[0].MakeGenericMethod([psobject], [psobject]).Invoke($shell, @($null, $output))
        Wait-Until { $output.Count -eq 1 }
        Send-IoTFEvent status 1 -Session $device
        $data.Began.Wait(60000) | Should -BeTrue
        $output[0].Received | Should -Be 0
        $shell.Stop()
        Wait-Until { $output[0].Received -eq 1 }
        $data.Runs | Should -Be 2
        $output[0].Failed | Should -Be 0
        $shell.Dispose()
        $runspace.Dispose()
        Disconnect-IoTFSession $application
    }
}
