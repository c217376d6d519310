BeforeDiscovery {
    $folder = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples'))
    $scripts = [System.IO.Directory]::GetFiles($folder, '*.ps1') | ForEach-Object { @{ Name = [System.IO.Path]::GetFileName($_); Path = $_ } }
    $callers = [System.IO.Directory]::GetFiles($folder, '*', [System.IO.SearchOption]::AllDirectories) |
        Where-Object { $_ -match '\.(yml|service)$' } | ForEach-Object { @{ Name = [System.IO.Path]::GetFileName($_); Path = $_ } }
}

BeforeAll {
    $examples = [System.IO.Path]::GetFullPath([System.IO.Path]::Combine($PSScriptRoot, '..', '..', 'examples'))
    Import-Module ([System.IO.Path]::Combine($examples, '..', 'IoTF.psd1')) -Force

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
        [System.IO.File]::ReadAllText([System.IO.Path]::Combine($examples, 'README.md')).Contains("($Name)") | Should -BeTrue
    }
}

Describe 'The job <Name>' -ForEach $callers {
    It 'runs an example that is there, with parameters that it has' {
        $runs = [regex]::Matches([System.IO.File]::ReadAllText($Path), '(?m)(?<script>[\w-]+\.ps1)(?<words> -.*)$')
        $runs | Should -Not -BeNullOrEmpty
        foreach ($run in $runs) {
            $known = Get-ParameterName ([System.IO.Path]::Combine($examples, $run.Groups['script'].Value))
            foreach ($word in [regex]::Matches($run.Groups['words'].Value, '(?<= -)[A-Za-z]+')) { $known | Should -Contain $word.Value }
        }
    }

    It 'is in the README' {
        [System.IO.File]::ReadAllText([System.IO.Path]::Combine($examples, 'README.md')).Contains("$Name)") | Should -BeTrue
    }
}

Describe 'What an example calls' {
    It 'is checked: a wrong name is found' {
        $wrong = [System.Management.Automation.Language.Parser]::ParseInput('Send-IoTFEvent -Evnt x; Send-IoTFNothing', [ref] $null, [ref] $null)
        $calls = $wrong.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
        $calls | ForEach-Object { Get-UnknownName $_ } | Should -Be @('Send-IoTFEvent -Evnt', 'Send-IoTFNothing')
    }
}

# Where they come from a service or another module, Get-Secret and Get-AutomationPSCredential are stood in for.
Describe 'An example at work' {
    BeforeAll {
        $emulator = Start-IoTFEmulator -Port 0
        $key = New-IoTFEmulatorApiKey
        $pump = New-IoTFEmulatorDevice pump p1
        $service = @{ HostName = $emulator.HostName; Port = $emulator.Port; CACertificate = $emulator.CACertificate }
    }

    AfterAll {
        Get-IoTFSession | Disconnect-IoTFSession
        Stop-IoTFEmulator
    }

    It 'takes the token of a device from a vault, through the pipeline' {
        function Get-Secret { param($Name) [pscredential]::new('use-token-auth', $pump.Token) }
        $watcher = $key | Connect-IoTFApplication -ApplicationId watcher
        & ([System.IO.Path]::Combine($examples, 'secret.ps1')) -SecretName plant-p1 -Connection ($service + @{ Organization = $emulator.Organization; DeviceType = 'pump'; DeviceId = 'p1' })
        $received = Receive-IoTFEvent -Session $watcher -Count 1 -Timeout 30
        $received.DeviceId | Should -Be 'p1'
        $received.Data.started | Should -Not -BeNullOrEmpty
        Disconnect-IoTFSession $watcher
    }

    It 'connects an application with the key and the token of a piped credential' {
        $session = [pscredential]::new($key.ApiKey, $key.Token) | Connect-IoTFApplication -ApplicationId vault -Organization $emulator.Organization @service
        $session.State | Should -Be 'Open'
        Disconnect-IoTFSession $session
    }

    It 'reports from Azure Automation who is away' {
        function Get-AutomationPSCredential { param($Name) [pscredential]::new($key.ApiKey, $key.Token) }
        $pump | Connect-IoTFDevice | Disconnect-IoTFSession
        New-IoTFEmulatorDevice fan f1 | Connect-IoTFDevice
        $away = & ([System.IO.Path]::Combine($examples, 'azure-automation.ps1')) -Organization $emulator.Organization -CredentialName plant -Connection $service -Seconds 5
        $away.DeviceId | Should -Be 'p1'
    }
}
