BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1')
    $emulator = Start-IoTFEmulator -Port 0

    # The error of a script block that must fail.
    function Get-Fault([scriptblock] $Action) {
        try { $null = & $Action } catch { return $_ }
        throw 'Nothing failed.'
    }
}

AfterAll {
    Stop-IoTFEmulator
}

Describe 'The organizations of the emulator' {
    It 'are there from the start: its own and quickstart' {
        $emulator.Organizations.Organization -join ' ' | Should -Be 'local1 quickstart'
        $own = $emulator.Organizations[0]
        $own.MaximumPayload | Should -Be 131072
        $own.MaximumQoS | Should -Be 2
        $own.AllowPersistent | Should -Be $true
        $own.AllowInsecure | Should -Be $false
        $own.AllowRetain | Should -Be $false
    }

    It 'are changed in what is given and stay as they are in the rest' {
        Set-IoTFEmulatorOrganization other1 -MaximumQoS 1 -AllowPersistent:$false -MaximumConnections 5 | Should -BeNullOrEmpty
        $changed = Set-IoTFEmulatorOrganization other1 -MaximumPayload 1000 -PassThru
        $changed.Organization | Should -Be 'other1'
        $changed.MaximumPayload | Should -Be 1000
        $changed.MaximumQoS | Should -Be 1
        $changed.AllowPersistent | Should -Be $false
        $changed.MaximumConnections | Should -Be 5
        (Set-IoTFEmulatorOrganization other1 -MaximumConnections 0 -PassThru).MaximumConnections | Should -BeNullOrEmpty
    }

    It 'say what of quickstart cannot be changed' {
        (Get-Fault { Set-IoTFEmulatorOrganization quickstart -AllowInsecure:$false }).FullyQualifiedErrorId | Should -BeLike 'QuickstartRulesAreFixed,*'
        (Set-IoTFEmulatorOrganization quickstart -MaximumQoS 0 -PassThru).MaximumQoS | Should -Be 0
    }
}

Describe 'Registrations with the emulator' {
    It 'give a gateway its role and its group' {
        $gateway = New-IoTFEmulatorDevice gwt gw1 -Gateway
        $gateway.Role | Should -Be 'Gateway'
        $gateway.GatewayRole | Should -Be 'Privileged'
        $gateway.ResourceGroup | Should -BeNullOrEmpty
        $limited = New-IoTFEmulatorDevice gwt gw2 -Gateway -GatewayRole standard -ResourceGroup hall1
        $limited.GatewayRole | Should -Be 'Standard'
        $limited.ResourceGroup | Should -Be 'hall1'
        (New-IoTFEmulatorDevice pump p1).GatewayRole | Should -BeNullOrEmpty
    }

    It 'know no role for a device' {
        (Get-Fault { New-IoTFEmulatorDevice pump p2 -GatewayRole Standard }).FullyQualifiedErrorId | Should -BeLike 'GatewayNeeded,*'
    }

    It 'give an API key its role' {
        (New-IoTFEmulatorApiKey).Role | Should -Be 'StandardApplication'
        (New-IoTFEmulatorApiKey -Role visualizationapplication).Role | Should -Be 'VisualizationApplication'
    }

    It 'keep an application with a role to what the role allows' {
        $device = New-IoTFEmulatorDevice role r1 | Connect-IoTFDevice
        $application = New-IoTFEmulatorApiKey -Role VisualizationApplication | Connect-IoTFApplication -ApplicationId viewer -ProtocolVersion 5.0
        Send-IoTFEvent status @{ t = 1 } -Session $device
        (Receive-IoTFEvent -Count 1 -Timeout 10 -Session $application).Data.t | Should -Be 1
        $fault = Get-Fault { Send-IoTFCommand reboot @{} -DeviceType role -DeviceId r1 -Session $application -ErrorAction Stop }
        "$fault" | Should -Match '0x90'
        Disconnect-IoTFSession -Session $device, $application
    }
}
