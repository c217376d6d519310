BeforeAll {
    $root = Convert-Path (Join-Path $PSScriptRoot '..' '..')
    Import-Module (Join-Path $root 'IoTF.psd1') -Force
    $folder = Join-Path $root 'docs' 'en-US'
    $commands = @(Get-Command -Module IoTF)
    $common = [System.Management.Automation.Cmdlet]::CommonParameters
    $pages = (Get-ChildItem $folder -Filter '*-*.md').FullName
    $topics = (Get-ChildItem $folder -Filter 'about_*.md').FullName

    function Get-OwnParameter($command) {
        $command.Parameters.Values | Where-Object { -not $common.Contains($_.Name) -and $_.Attributes.DontShow -notcontains $true } | ForEach-Object Name
    }

    function Get-Heading($path) {
        [regex]::Matches((Get-Content $path -Raw), '(?m)^### -(\w+)\r?$') | ForEach-Object { $_.Groups[1].Value }
    }

    function Get-Script($path, $words) {
        [regex]::Matches((Get-Content $path -Raw), "(?ms)^``````powershell$words\r?\n(.*?)^``````") | ForEach-Object { $_.Groups[1].Value }
    }

    function Get-Linked($path) {
        [regex]::Matches((Get-Content $path -Raw), '\((shared/\w+\.md)\)') | ForEach-Object { Join-Path $folder $_.Groups[1].Value }
    }
}

Describe 'The pages of the help' {
    It 'are one for each cmdlet' {
        $named = $pages | ForEach-Object { Split-Path $_ -LeafBase }
        $named | Sort-Object | Should -Be ($commands.Name | Sort-Object)
    }

    It 'describe no parameter that the cmdlet does not have' {
        $unknown = foreach ($page in $pages) {
            $command = Get-Command (Split-Path $page -LeafBase)
            Get-Heading $page | Where-Object { -not $command.Parameters.ContainsKey($_) } | ForEach-Object { "$($command.Name) -$_" }
        }
        $unknown | Should -BeNullOrEmpty
    }

    It 'share no text that none of them needs' {
        $needed = foreach ($page in $pages) {
            $own = @(Get-Heading $page)
            $parameters = (Get-Command (Split-Path $page -LeafBase)).Parameters
            foreach ($file in Get-Linked $page) {
                Get-Heading $file | Where-Object { $own -notcontains $_ -and $parameters.ContainsKey($_) } | ForEach-Object { "$file -$_" }
            }
        }
        $unneeded = foreach ($file in (Get-ChildItem (Join-Path $folder 'shared')).FullName) {
            Get-Heading $file | ForEach-Object { "$file -$_" } | Where-Object { $needed -notcontains $_ }
        }
        $unneeded | Should -BeNullOrEmpty
    }

    It 'link to files that are there' {
        $broken = foreach ($file in $pages + $topics) {
            [regex]::Matches((Get-Content $file -Raw), '\]\((?!https://)([^)]+)\)') | ForEach-Object { $_.Groups[1].Value } |
                Where-Object { -not (Test-Path (Join-Path $folder $_)) } | ForEach-Object { "$file`: $_" }
        }
        $broken | Should -BeNullOrEmpty
    }

    It 'have scripts without mistakes, whose cmdlets have the parameters that are named' {
        $mistakes = foreach ($file in $pages + $topics) {
            foreach ($script in Get-Script $file '(?: runnable)?') {
                $faults = $null
                $tree = [System.Management.Automation.Language.Parser]::ParseInput($script, [ref]$null, [ref]$faults)
                $faults | ForEach-Object { "$file`: $($_.Message)" }
                $calls = $tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)
                foreach ($call in $calls | Where-Object { "$($_.GetCommandName())" -like '*-IoTF*' }) {
                    $command = Get-Command $call.GetCommandName() -ErrorAction Ignore
                    if ($null -eq $command) {
                        "$file`: $($call.GetCommandName())"
                        continue
                    }

                    $call.CommandElements | Where-Object { $_ -is [System.Management.Automation.Language.CommandParameterAst] } |
                        Where-Object { -not $command.Parameters.ContainsKey($_.ParameterName) } |
                        ForEach-Object { "$file`: $($command.Name) -$($_.ParameterName)" }
                }
            }
        }
        $mistakes | Should -BeNullOrEmpty
    }

    It 'have scripts that run and clean up after themselves, where they say so' {
        $ran = 0
        $failed = foreach ($page in $pages) {
            foreach ($script in Get-Script $page ' runnable') {
                try {
                    $null = & ([scriptblock]::Create("`$ErrorActionPreference = 'Stop'`n$script"))
                    $ran++
                    if ($null -ne (Get-IoTFEmulator) -or $null -ne (Get-IoTFSession)) {
                        "$page leaves something behind: $script"
                    }
                }
                catch {
                    "$page`: $_ in $script"
                }
                finally {
                    Get-IoTFSession | Disconnect-IoTFSession -TimeoutSec 0 -ErrorAction Ignore
                    Get-IoTFEmulator | Stop-IoTFEmulator
                }
            }
        }
        $failed | Should -BeNullOrEmpty
        $ran | Should -BeGreaterThan 20
    }
}

Describe 'Get-Help' {
    It 'shows what each cmdlet is for, what it takes and how it is used' {
        $missing = foreach ($command in $commands) {
            $help = Get-Help $command.Name -Full
            if ($help.Synopsis -notmatch '\w\.$') { "$($command.Name): synopsis" }
            if ("$($help.description.Text)".Length -lt 60) { "$($command.Name): description" }
            if (@($help.examples.example).Count -lt 3) { "$($command.Name): three examples" }
            if (@($help.examples.example | Where-Object { -not $_.code }).Count -gt 0) { "$($command.Name): code of an example" }
            if (@($help.returnValues.returnValue).Count -eq 0) { "$($command.Name): outputs" }
        }
        $missing | Should -BeNullOrEmpty
    }

    It 'describes every parameter' {
        $missing = foreach ($command in $commands) {
            $described = @((Get-Help $command.Name -Full).parameters.parameter)
            foreach ($name in Get-OwnParameter $command) {
                $text = $described | Where-Object name -eq $name | ForEach-Object { $_.description.Text }
                if ("$text" -notmatch '(?s)^(?!Accepted values).*\w.*\.$') { "$($command.Name) -$name" }
            }
        }
        $missing | Should -BeNullOrEmpty
    }

    It 'knows of a parameter what the cmdlet knows' {
        $type = (Get-Help New-IoTFEmulatorDevice -Full).parameters.parameter | Where-Object name -eq DeviceType
        $type.required | Should -Be 'true'
        $type.position | Should -Be '0'
        $type.aliases | Should -Be 'TypeId'
        $type.pipelineInput | Should -Be 'True (ByPropertyName)'
        $alive = (Get-Help Connect-IoTFDevice -Full).parameters.parameter | Where-Object name -eq KeepAlive
        $alive.defaultValue | Should -Be '60 seconds'
        ((Get-Help Get-IoTFSession -Full).parameters.parameter | Where-Object name -eq Name).globbing | Should -Be 'true'
    }

    It 'finds the about topics, in lines of 80 columns but for scripts' {
        $topics.Count | Should -Be 12
        foreach ($topic in $topics) {
            $name = Split-Path $topic -LeafBase
            $text = Get-Help $name
            $text | Should -Match "TOPIC\s+$name\s+SHORT DESCRIPTION"
            "$text" -split "`n" | Where-Object { $_.Length -gt 80 -and -not $_.StartsWith('        ') } | Should -BeNullOrEmpty
        }
    }
}
