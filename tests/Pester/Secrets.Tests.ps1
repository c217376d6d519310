BeforeAll {
    Import-Module (Join-Path $PSScriptRoot '..' '..' 'IoTF.psd1') -Force

    function Get-Characters([securestring] $Secret) {
        ConvertFrom-SecureString $Secret -AsPlainText
    }
}

Describe 'Tokens' {
    It 'appear in no stream, in no error and in no dump of an object' {
        $script:keys = [System.Collections.Generic.List[string]]::new()
        $Error.Clear()
        $written = & {
            # Without it, -Verbose and -Debug would be arguments that nobody looks at.
            [CmdletBinding()]
            param()

            Start-IoTFEmulator -Port 0
            $device = New-IoTFEmulatorDevice pump p1
            $key = New-IoTFEmulatorApiKey
            $keys.Add((Get-Characters $device.Token))
            $keys.Add((Get-Characters $key.Token))
            $device
            $key
            $device | Connect-IoTFDevice
            $key | Connect-IoTFApplication -ApplicationId dashboard
            @{ temperature = 21.5 } | Send-IoTFEvent status -PassThru
            Receive-IoTFEvent -Count 1 -Timeout 30
            Send-IoTFCommand reboot @{ delay = 3 } -DeviceType pump -DeviceId p1 -PassThru
            Receive-IoTFCommand -Count 1 -Timeout 30
            try { Connect-IoTFDevice -Organization $device.Organization -DeviceType pump -DeviceId p1 -HostName localhost -Port $device.Port -CACertificate $device.CACertificate -Token $key.Token -Name other -Force } catch { $_ }
            try { Connect-IoTFDevice -Organization $device.Organization -DeviceType pump -DeviceId p1 -Token (Get-Characters $device.Token) } catch { $_ }
            try { Send-IoTFEvent status @{ nested = $device.Token } -Session nobody } catch { $_ }
            Get-IoTFSession
            Get-IoTFEmulator
            Get-IoTFSession | Disconnect-IoTFSession
            Stop-IoTFEmulator
        } -Verbose -Debug *>&1

        $keys.Count | Should -Be 2
        @($written | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }).Count | Should -BeGreaterThan 5
        $dump = [System.Text.StringBuilder]::new()
        foreach ($one in @($written) + @($Error)) {
            $null = $dump.AppendLine("$one").AppendLine([System.Management.Automation.PSSerializer]::Serialize($one, 4))
            foreach ($property in $one.PSObject.Properties) {
                $null = $dump.AppendLine("$($property.Value)")
            }
        }

        $text = $dump.ToString()
        $text.Length | Should -BeGreaterThan 5000
        $text | Should -Match 'temperature'
        foreach ($key in $keys) {
            $text.Contains($key) | Should -BeFalse

            # The form in which PowerShell writes a SecureString where the platform does not encrypt it.
            $bare = [System.Convert]::ToHexString([System.Text.Encoding]::Unicode.GetBytes($key))
            $text.Contains($bare, [System.StringComparison]::OrdinalIgnoreCase) | Should -BeFalse
        }
    }
}
