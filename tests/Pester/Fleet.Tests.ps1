BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force
    $emulator = Start-IoTFEmulator -Port 0
    $key = New-IoTFEmulatorApiKey
}

AfterAll {
    Get-IoTFSession | Disconnect-IoTFSession
    Stop-IoTFEmulator
}

Describe 'Fifty devices of three types and a scalable application' {
    AfterEach {
        Get-IoTFSession | Disconnect-IoTFSession
    }

    It 'share events of QoS <_> evenly, and each arrives once' -ForEach 0, 1, 2 {
        $types = 'pump', 'fan', 'valve'
        $devices = foreach ($number in 1..50) { New-IoTFEmulatorDevice $types[$number % 3] "d$number-$_" | Connect-IoTFDevice }
        $members = foreach ($number in 1..3) { $key | Connect-IoTFApplication -ApplicationId "worker$_" -Scalable -Name "member $number" }

        # The first receive subscribes: from here on the members share.
        foreach ($member in $members) { Receive-IoTFEvent -Session $member -Timeout 0 }
        $shares = 0, 0, 0
        $seen = [System.Collections.Generic.HashSet[string]]::new()
        $limit = [datetime]::UtcNow.AddSeconds(60)
        $sent = 0
        while (($shares[0] + $shares[1] + $shares[2]) -lt 600 -and [datetime]::UtcNow -lt $limit) {
            # Between the devices every member takes what it has, as members that work side by side do.
            if ($sent -lt 50) { 1..12 | ForEach-Object { @{ n = $_ } } | Send-IoTFEvent status -Session $devices[$sent++] -QoS $_ }
            foreach ($index in 0..2) {
                Receive-IoTFEvent -Session $members[$index] -Timeout 0 | ForEach-Object {
                    $shares[$index]++
                    $seen.Add("$($_.DeviceType)/$($_.DeviceId)#$($_.Data.n)") | Should -BeTrue
                }
            }
        }

        $seen.Count | Should -Be 600
        foreach ($share in $shares) {
            $share | Should -BeGreaterOrEqual 160
            $share | Should -BeLessOrEqual 240
        }
    }
}

Describe 'A gateway with one file for two hundred devices' {
    BeforeAll {
        $file = Join-Path $TestDrive 'readings.csv'
        1..200 | ForEach-Object { [pscustomobject]@{ DeviceType = 'sensor'; DeviceId = "s$_"; temperature = $_ / 10; when = '2026-01-01T00:00:00Z' } } | Export-Csv $file
        $application = $key | Connect-IoTFApplication -ApplicationId dashboard
    }

    It 'sends for all of them when it is privileged, and registers them on the way' {
        $gateway = New-IoTFEmulatorDevice gwt privileged -Gateway -GatewayRole Privileged | Connect-IoTFGateway
        Import-Csv $file | Send-IoTFEvent status -Session $gateway -ErrorVariable faults
        $faults | Should -BeNullOrEmpty
        $received = Receive-IoTFEvent status -Session $application -DeviceType sensor -Count 200 -Timeout 60
        @($received.DeviceId | Sort-Object -Unique).Count | Should -Be 200
        $received[0].Text | Should -Be '{"temperature":"0.1","when":"2026-01-01T00:00:00Z"}'

        # Registered now, each is known to a gateway that may not register any.
        $plain = New-IoTFEmulatorDevice gwt standard1 -Gateway -GatewayRole Standard | Connect-IoTFGateway
        Import-Csv $file | Send-IoTFEvent status -Session $plain -ErrorVariable faults
        $faults | Should -BeNullOrEmpty
        $null = Receive-IoTFEvent status -Session $application -DeviceType sensor -Count 200 -Timeout 60
        Disconnect-IoTFSession $gateway
        Disconnect-IoTFSession $plain
    }

    It 'gets one error record for each unknown one when it is a standard gateway, at QoS <_>' -ForEach 0, 1, 2 {
        $gateway = New-IoTFEmulatorDevice gwt "standard at $_".Replace(' ', '-') -Gateway -GatewayRole Standard | Connect-IoTFGateway
        $known = New-IoTFEmulatorDevice probe "known$_"
        $rows = foreach ($row in Import-Csv $file) {
            $row.DeviceType = "unknown$_"
            $row
        }
        $rows[100].DeviceType = $known.DeviceType
        $rows[100].DeviceId = $known.DeviceId
        $rows | Send-IoTFEvent status -Session $gateway -QoS $_ -ErrorVariable faults -ErrorAction SilentlyContinue
        $faults.Count | Should -Be 199
        $targets = [System.Collections.Generic.HashSet[object]]::new([System.Collections.Generic.ReferenceEqualityComparer]::Instance)
        foreach ($fault in $faults) {
            $fault.FullyQualifiedErrorId | Should -BeLike 'MessageRefused,*'
            $fault.Exception.Code | Should -BeIn 177, 180
            $null = $targets.Add($fault.TargetObject)
        }

        $targets.Count | Should -Be 199
        $targets.Contains($rows[100]) | Should -BeFalse
        (Receive-IoTFEvent status -Session $application -DeviceType probe -Count 1 -Timeout 30).DeviceId | Should -Be $known.DeviceId

        # The notifications themselves are there for whoever wants them.
        $notifications = Receive-IoTFNotification -Session $gateway -Count 199 -Timeout 30
        $notifications.Count | Should -Be 199
        $notifications[0].DeviceType | Should -Be $rows[0].DeviceType
        $notifications[0].Request | Should -Be 'Publish'
        $notifications[0].Meaning | Should -Match 'device'
        Disconnect-IoTFSession $gateway
    }
}
