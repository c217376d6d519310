BeforeDiscovery {
    $folder = Join-Path $PSScriptRoot '..' '..' 'examples'
    $scripts = Get-ChildItem $folder -Filter *.ps1 | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
    $callers = Get-ChildItem $folder -Include *.yml, *.service -Recurse | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
}

BeforeAll {
    $root = Convert-Path (Join-Path $PSScriptRoot '..' '..')
    $examples = Join-Path $root 'examples'
    Import-Module (Join-Path $root 'IoTF.psd1') -Force

    function Get-Syntax([string] $Path) {
        $faults = $null
        $syntax = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $faults)
        if ($faults) { throw "$Path has faults: $faults" }
        $syntax
    }

    # What a call of a cmdlet of the module names and the module does not have.
    function Get-UnknownName($Call) {
        $command = Get-Command $Call.GetCommandName() -Module IoTF -ErrorAction Ignore
        if ($null -eq $command) { return $Call.GetCommandName() }
        foreach ($element in $Call.CommandElements) {
            if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
                $names = $command.Parameters.Values | ForEach-Object { $_.Name; $_.Aliases }
                if ($element.ParameterName -notin $names) { "$($command.Name) -$($element.ParameterName)" }
            }
        }
    }

    function Get-ParameterName([string] $Path) {
        (Get-Syntax $Path).ParamBlock.Parameters | ForEach-Object { $_.Name.VariablePath.UserPath }
    }
}

Describe 'The example <Name>' -ForEach $scripts {
    It 'has no faults, and names cmdlets and parameters that exist' {
        $calls = (Get-Syntax $Path).FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) |
            Where-Object { $_.GetCommandName() -like '*-IoTF*' }
        $calls | ForEach-Object { Get-UnknownName $_ } | Should -BeNullOrEmpty
    }

    It 'says what it does, what its parameters mean, and how it is run' {
        $syntax = Get-Syntax $Path
        $help = $syntax.GetHelpContent()
        $help.Synopsis | Should -Not -BeNullOrEmpty
        $help.Description | Should -Not -BeNullOrEmpty
        $help.Examples | Should -Not -BeNullOrEmpty
        foreach ($parameter in $syntax.ParamBlock.Parameters) {
            $help.Parameters.Keys | Should -Contain $parameter.Name.VariablePath.UserPath.ToUpperInvariant()
        }
    }

    It 'is in the README' {
        Get-Content (Join-Path $examples 'README.md') -Raw | Should -BeLike "*($Name)*"
    }
}

Describe 'The job <Name>' -ForEach $callers {
    It 'runs an example that is there, with parameters that it has' {
        $runs = [regex]::Matches((Get-Content $Path -Raw), '(?m)(?<script>[\w-]+\.ps1)(?<words> -.*)$')
        $runs | Should -Not -BeNullOrEmpty
        foreach ($run in $runs) {
            $known = Get-ParameterName (Join-Path $examples $run.Groups['script'].Value)
            foreach ($word in [regex]::Matches($run.Groups['words'].Value, '(?<= -)[A-Za-z]+')) { $known | Should -Contain $word.Value }
        }
    }

    It 'is in the README' {
        Get-Content (Join-Path $examples 'README.md') -Raw | Should -BeLike "*$Name)*"
    }
}

Describe 'What an example calls' {
    It 'is checked: a wrong name is found' {
        $wrong = [System.Management.Automation.Language.Parser]::ParseInput('Send-IoTFEvent -Evnt x; Send-IoTFNothing', [ref] $null, [ref] $null)
        $calls = $wrong.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
        $calls | ForEach-Object { Get-UnknownName $_ } | Should -Be @('Send-IoTFEvent -Evnt', 'Send-IoTFNothing')
    }
}

# A process of its own for each: these scripts start an emulator themselves, and disconnect everybody.
Describe 'The example <_>, run by itself' -ForEach 'quickstart.ps1', 'watch.ps1' {
    It 'ends well, and says so' {
        $said = & (Join-Path $root 'tools' 'Invoke-Script.ps1') (Join-Path $examples $_) 2>&1
        $LASTEXITCODE | Should -Be 0 -Because "it said: $($said | Out-String)"
        $said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] } | Should -BeNullOrEmpty
        $said[-1] | Should -Be '   Done.'
    }
}

# Get-Secret, Get-AutomationPSCredential and the cmdlets of scheduled tasks come from services and modules that are not here: functions take their places.
Describe 'An example at work' {
    BeforeAll {
        $emulator = Start-IoTFEmulator -Port 0
        $key = New-IoTFEmulatorApiKey
        $pump = New-IoTFEmulatorDevice pump p1
        $service = @{ HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $emulator.CACertificate }
        $authority = Join-Path $TestDrive 'ca.pem'
        $emulator.CACertificate.ExportCertificatePem() | Set-Content $authority
        $watcher = $key | Connect-IoTFApplication -ApplicationId watcher
        $credentialFile = Join-Path $TestDrive 'credential.xml'
        [pscredential]::new('use-token-auth', $pump.Token) | Export-Clixml $credentialFile
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
        Stop-IoTFEmulator
    }

    It 'takes the token of a device from a vault, through the pipeline' {
        function Get-Secret { param($Name) [pscredential]::new('use-token-auth', $pump.Token) }
        & (Join-Path $examples 'secret.ps1') -SecretName plant-p1 -Connection ($service + @{ Organization = $emulator.Organization; DeviceType = 'pump'; DeviceId = 'p1' })
        $received = Receive-IoTFEvent -Session $watcher -Count 1 -Timeout 60
        $received.DeviceId | Should -Be 'p1'
        $received.Data.started | Should -Not -BeNullOrEmpty
    }

    It 'connects an application with the key and the token of a piped credential' {
        $session = [pscredential]::new($key.ApiKey, $key.Token) | Connect-IoTFApplication -ApplicationId vault -Organization $emulator.Organization @service
        $session.State | Should -Be 'Open'
        Disconnect-IoTFSession $session
    }

    It 'reports from Azure Automation who is away' {
        function Get-AutomationPSCredential { param($Name) [pscredential]::new($key.ApiKey, $key.Token) }
        $pump | Connect-IoTFDevice | Disconnect-IoTFSession
        $fan = New-IoTFEmulatorDevice fan f1 | Connect-IoTFDevice
        $away = & (Join-Path $examples 'azure-automation.ps1') -Organization $emulator.Organization -CredentialName plant -Connection $service -Seconds 5
        $away.DeviceId | Should -Be 'p1'
        Disconnect-IoTFSession $fan
    }

    It 'announces a version to the devices of a file, with the key of the environment' {
        $variables = @{
            WIOTP_AUTH_KEY            = $key.ApiKey
            WIOTP_AUTH_TOKEN          = ConvertFrom-SecureString $key.Token -AsPlainText
            WIOTP_OPTIONS_DOMAIN      = 'localhost'
            WIOTP_OPTIONS_MQTT_PORT   = $emulator.Port
            WIOTP_OPTIONS_MQTT_CAFILE = $authority
        }
        $devices = Join-Path $TestDrive 'devices.csv'
        $pump | Select-Object DeviceType, DeviceId | Export-Csv $devices
        $device = $pump | Connect-IoTFDevice
        try {
            $variables.GetEnumerator() | ForEach-Object { Set-Item "Env:$($_.Key)" $_.Value }
            & (Join-Path $examples 'announce.ps1') -DevicesFile $devices -Version 1.4.0 | Should -Be "Version 1.4.0 was announced to the devices in $devices."
        }
        finally {
            $variables.Keys | ForEach-Object { Remove-Item "Env:$_" }
        }
        $command = Receive-IoTFCommand -Session $device -Count 1 -Timeout 60
        $command.CommandId | Should -Be 'update'
        $command.Data.version | Should -Be '1.4.0'
        Disconnect-IoTFSession $device
    }

    It 'sends every value of a file that <Name> as it is' -ForEach @(
        @{ Name = 'Export-Csv wrote in UTF-8'; Options = @{ Encoding = 'utf8NoBOM' } }
        @{ Name = 'Export-Csv wrote in UTF-8 with a byte order mark'; Options = @{ Encoding = 'utf8BOM' } }
        @{ Name = 'has quotes where they are needed only'; Options = @{ UseQuotes = 'AsNeeded' } }
        @{ Name = 'has blank lines'; Options = @{}; BlankLines = $true }
    ) {
        $rows = @(
            [pscustomobject]@{ temperature = 21.5; note = 'plain'; place = 'Kühlung' }
            [pscustomobject]@{ temperature = 22; note = 'first, second'; place = 'said "hot"' }
            [pscustomobject]@{ temperature = -3; note = "two`nlines"; place = '' }
        )
        $file = Join-Path $TestDrive "$([guid]::NewGuid()).csv"
        $rows | Export-Csv $file @Options
        if ($BlankLines) {
            $lines = Get-Content $file
            @($lines[0], '', $lines[1], '', '') + $lines[2..($lines.Count - 1)] + '' | Set-Content $file
        }

        # In this process, where its exit ends only the script.
        $where = @{ Organization = $emulator.Organization; DeviceType = 'pump'; DeviceId = 'p1'; HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $authority }
        $said = & (Join-Path $examples 'runbook.ps1') -ReadingsFile $file -CredentialFile $credentialFile @where
        $said | Should -Be "3 readings were acknowledged as d:$($emulator.Organization):pump:p1."
        $LASTEXITCODE | Should -Be 0
        $received = @(Receive-IoTFEvent status -Session $watcher -Count 3 -Timeout 60)
        $received.Data | ConvertTo-Json | Should -Be ($rows | ForEach-Object { [pscustomobject]@{ temperature = "$($_.temperature)"; note = $_.note; place = $_.place } } | ConvertTo-Json)
    }

    It 'registers a scheduled task whose action sends the file' {
        function New-ScheduledTaskAction { param($Execute, $Argument) [pscustomobject]@{ Execute = $Execute; Argument = $Argument } }
        function New-ScheduledTaskTrigger { param([switch] $Once, $At, $RepetitionInterval) 'trigger' }
        function New-ScheduledTaskPrincipal { param($UserId, $LogonType) 'principal' }
        function New-ScheduledTaskSettingsSet { param($MultipleInstances, $ExecutionTimeLimit, $RestartCount, $RestartInterval) 'settings' }
        function Register-ScheduledTask { param($TaskName, $Action, $Trigger, $Principal, $Settings) $Action }
        $readings = Join-Path $TestDrive 'my readings.csv'
        [pscustomobject]@{ temperature = 21.5 } | Export-Csv $readings
        $action = & (Join-Path $examples 'scheduled-task.ps1') -CredentialFile $credentialFile -ReadingsFile $readings -Organization $emulator.Organization -DeviceType pump -DeviceId p1
        $action.Argument | Should -BeLike "-NoProfile -NonInteractive -File ""$(Join-Path $examples 'runbook.ps1')"" -CredentialFile ""$credentialFile"" -ReadingsFile ""$readings"" *"

        # The task is for the service itself; the emulator is somewhere else.
        # A process of its own, as the scheduler starts it.
        $arguments = "$($action.Argument -replace '^-NoProfile -NonInteractive -File ') -HostName $($emulator.HostName) -Port $($emulator.Port) -CACertificate ""$authority"""
        $said = Invoke-Expression "& '$(Join-Path $root 'tools' 'Invoke-Script.ps1')' $arguments 2>&1"
        $said | Should -Be "1 readings were acknowledged as d:$($emulator.Organization):pump:p1."
        (Receive-IoTFEvent status -Session $watcher -Count 1 -Timeout 60).Data.temperature | Should -Be '21.5'
    }
}
