BeforeAll {
    $manifest = Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1'
    Import-Module $manifest -Force
    $emulator = Start-IoTFEmulator -Port 0
    $key = New-IoTFEmulatorApiKey
    $device = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
    $application = $key | Connect-IoTFApplication -ApplicationId dashboard
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'A message that the pipeline has taken' {
    It 'is not received again when it was the last that Select-Object wanted' {
        1..5 | ForEach-Object { @{ n = $_ } } | Send-IoTFEvent first
        $numbers = 1..5 | ForEach-Object { (Receive-IoTFEvent first -Timeout 30 | Select-Object -First 1).Data.n }
        $numbers -join ',' | Should -Be '1,2,3,4,5'
    }

    It 'is acknowledged, so that a later run does not get it' {
        $runner = $key | Connect-IoTFApplication -ApplicationId runner -Persistent
        Receive-IoTFEvent taken -Timeout 0 -Session $runner | Should -BeNullOrEmpty
        1..3 | Send-IoTFEvent taken
        (Receive-IoTFEvent taken -Timeout 30 -Session $runner | Select-Object -First 1).Data | Should -Be 1
        Disconnect-IoTFSession $runner
        $runner = $key | Connect-IoTFApplication -ApplicationId runner -Persistent
        $again = Receive-IoTFEvent taken -Count 2 -Timeout 30 -Session $runner
        $again.Data -join ',' | Should -Be '2,3'
        Disconnect-IoTFSession $runner
    }

    It 'is a command, too' {
        1..3 | Send-IoTFCommand first -DeviceType pump -DeviceId p1
        $numbers = 1..3 | ForEach-Object { (Receive-IoTFCommand first -Timeout 30 | Select-Object -First 1).Data }
        $numbers -join ',' | Should -Be '1,2,3'
    }

    It 'is a status, too' {
        Receive-IoTFStatus -DeviceType valve -Timeout 0 | Should -BeNullOrEmpty
        New-IoTFEmulatorDevice valve v1 | Connect-IoTFDevice | Disconnect-IoTFSession
        $actions = 1..2 | ForEach-Object { (Receive-IoTFStatus -DeviceType valve -Timeout 30 | Select-Object -First 1).Action }
        $actions -join ',' | Should -Be 'Connect,Disconnect'
    }

    It 'is taken when <Name>' -ForEach @(
        @{ Name = 'commands stand in between'; Receive = { Receive-IoTFEvent between -Timeout 30 | Where-Object QoS -eq 1 | ForEach-Object { $_ } | Select-Object -First 1 } }
        @{ Name = 'a function receives'; Receive = { function Get-One { Receive-IoTFEvent between -Timeout 30 }; Get-One | Select-Object -First 1 } }
        @{ Name = 'a loop is left'; Receive = { foreach ($once in 1) { Receive-IoTFEvent between -Timeout 30 | ForEach-Object { $_; break } } } }
        @{ Name = 'a function cleans up'; Receive = { function Select-One { process { try { $_ } finally { [void] 1 } } }; Receive-IoTFEvent between -Timeout 30 | Select-One | Select-Object -First 1 } }
    ) {
        1..2 | Send-IoTFEvent between
        (& $Receive).Data | Should -Be 1
        (& $Receive).Data | Should -Be 2
        Receive-IoTFEvent between -Timeout 0 | Should -BeNullOrEmpty
    }
}

Describe 'A message that was not worked on to the end' {
    It 'comes again when <Name>' -ForEach @(
        @{ Name = 'a script block throws'; Fail = { throw 'no' } }
        @{ Name = 'a function throws'; Fail = { & { process { throw 'no' } } } }
        @{ Name = 'an error is made terminating'; Fail = { Write-Error 'no' -ErrorAction Stop } }
        @{ Name = 'a method throws'; Fail = { [int]::Parse('no') } }
        @{ Name = 'Select-Object was content before'; Fail = { 1..3 | Select-Object -First 1; throw 'no' } }
        @{ Name = 'a cleanup is content after'; Fail = { try { throw 'no' } finally { 1..3 | Select-Object -First 1 } } }
    ) {
        Send-IoTFEvent failing 1
        { Receive-IoTFEvent failing -Timeout 30 | ForEach-Object $Fail } | Should -Throw
        { Receive-IoTFEvent failing -Timeout 30 | Select-Object -First 1 | ForEach-Object $Fail } | Should -Throw
        { function Fail { process { & $Fail } }; Receive-IoTFEvent failing -Timeout 30 | Fail } | Should -Throw
        (Receive-IoTFEvent failing -Count 1 -Timeout 30).Data | Should -Be 1
        Receive-IoTFEvent failing -Timeout 0 | Should -BeNullOrEmpty
    }

    It 'comes again after Ctrl+C' {
        Send-IoTFEvent interrupted 1
        $working = [System.Threading.ManualResetEventSlim]::new()
        $shell = [powershell]::Create()
        $null = $shell.AddScript({
                param($Manifest, $Session, $Working)
                Import-Module $Manifest
                Receive-IoTFEvent interrupted -Timeout 600 -Session $Session | ForEach-Object { 1..3 | Select-Object -First 1; $Working.Set(); Start-Sleep -Seconds 600 }
            }).AddArgument($manifest).AddArgument($application).AddArgument($working)
        $null = $shell.BeginInvoke()
        $working.Wait([timespan]::FromSeconds(60)) | Should -BeTrue
        $shell.Stop()
        $shell.Dispose()
        (Receive-IoTFEvent interrupted -Count 1 -Timeout 30).Data | Should -Be 1
    }
}

Describe 'The end of receiving' {
    It 'comes in time although each message brings the next' {
        Send-IoTFEvent stream 1
        $started = [System.Diagnostics.Stopwatch]::StartNew()
        Receive-IoTFEvent stream -Timeout 1 | ForEach-Object { Send-IoTFEvent stream 1 }
        $started.Elapsed.TotalSeconds | Should -BeLessThan 20
        (Receive-IoTFEvent stream -Timeout 0).Data | Should -Be 1
    }

    It 'comes with -Timeout 0 behind what waited at the start' {
        1..3 | Send-IoTFEvent snapshot
        Receive-IoTFEvent snapshot -Count 1 -Timeout 30 | ForEach-Object Data | Should -Be 1
        $numbers = Receive-IoTFEvent snapshot -Timeout 0 | ForEach-Object { Send-IoTFEvent snapshot 4; $_.Data }
        $numbers -join ',' | Should -Be '2,3'
        $rest = Receive-IoTFEvent snapshot -Count 2 -Timeout 30
        $rest.Data -join ',' | Should -Be '4,4'
    }

    It 'is before the beginning with -OutBuffer: <_>' -ForEach 'Receive-IoTFEvent', 'Receive-IoTFCommand', 'Receive-IoTFStatus', 'Receive-IoTFNotification' {
        Send-IoTFEvent buffered 1
        { & $_ -Timeout 0 -OutBuffer 5 } | Should -Throw -ErrorId 'OutBufferRefused,*'
        (Receive-IoTFEvent buffered -Count 1 -Timeout 30).Data | Should -Be 1
    }
}

Describe 'Messages that were dropped' {
    It 'are told to whoever receives with -Count' {
        1..12000 | Send-IoTFEvent flood -QoS 0

        # The flood may still be on its way: the call that finds the inbox full is the one that tells.
        $told = $null
        $received = 1
        while (-not $told -and $received) {
            $received = Receive-IoTFEvent flood -Count 1 -Timeout 30 -WarningVariable told -WarningAction SilentlyContinue
        }

        "$told" | Should -Match 'messages for .* were dropped'
        $application.Dropped | Should -BeGreaterThan 0
    }
}
