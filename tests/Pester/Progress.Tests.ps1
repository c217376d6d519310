BeforeAll {
    $manifest = Convert-Path (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1')
    Import-Module $manifest -Force
    $emulator = Start-IoTFEmulator -Port 0
    $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
    $application = New-IoTFEmulatorApiKey | Connect-IoTFApplication -ApplicationId dashboard

    # The progress of the module's cmdlets in a script, run with these sessions in a runspace of its own.
    function Get-Progress([string] $Script) {
        $runspace = [runspacefactory]::CreateRunspace([initialsessionstate]::CreateDefault2())
        $runspace.Open()
        $shell = [powershell]::Create($runspace)
        $null = $shell.AddScript("param(`$manifest, `$device, `$application) Import-Module `$manifest; $Script").AddArgument($manifest).AddArgument($device).AddArgument($application)
        $null = $shell.Invoke()
        $shell.Streams.Error | Should -BeNullOrEmpty
        $shell.Streams.Progress | Where-Object Activity -match '^(Sending|Receiving) '
        $shell.Dispose()
        $runspace.Dispose()
    }
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Progress' {
    AfterEach {
        Set-IoTFEmulatorFault -Clear
        $null = Receive-IoTFEvent -Session $application -Timeout 0
    }

    It 'tells of a send that waits for its acknowledgements, and goes away' {
        Set-IoTFEmulatorFault $device.ClientId -AcknowledgementDelay 2
        $told = @(Get-Progress '1..3 | Send-IoTFEvent status -Session $device')
        $told.Count | Should -BeGreaterThan 1
        $told.Count | Should -BeLessThan 12
        $told[0].StatusDescription | Should -Match '^3 sent, \S+ a second, 3 not acknowledged$'
        $told[0].Activity | Should -Match 'status'
        $told[-1].RecordType | Should -Be 'Completed'
    }

    It 'tells of a send whose window is full' {
        Set-IoTFEmulatorFault $device.ClientId -AcknowledgementDelay 1.5
        $told = @(Get-Progress '1..15 | Send-IoTFEvent status -Session $device')
        $told[0].StatusDescription | Should -Match ' 10 not acknowledged$'
    }

    It 'tells of a receive' {
        $told = @(Get-Progress 'Receive-IoTFEvent -Session $application -Timeout 2.5')
        $told[0].StatusDescription | Should -Match '^0 received, 0 a second, 0 waiting$'
        $told[-1].RecordType | Should -Be 'Completed'
    }

    It 'says nothing of what is done at once, nor to those who want none' {
        Get-Progress '1..3 | Send-IoTFEvent status -Session $device; Receive-IoTFEvent -Session $application -Timeout 0' | Should -BeNullOrEmpty
        Get-Progress '$ProgressPreference = ''SilentlyContinue''; Receive-IoTFEvent -Session $application -Timeout 1.5' | Should -BeNullOrEmpty
    }
}

Describe 'What undoes something' {
    It 'only says so with -WhatIf: <_>' -ForEach 'Disconnect-IoTFSession -Session $device', 'Stop-IoTFEmulator' {
        & ([scriptblock]::Create("$_ -WhatIf"))
        $device.State | Should -Be 'Open'
        $emulator.State | Should -Be 'Running'
        (Get-Command ($_ -replace ' .*')).Parameters.Keys | Should -Contain 'Confirm'
    }
}
