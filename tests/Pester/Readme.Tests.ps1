BeforeAll {
    $root = Convert-Path (Join-Path $PSScriptRoot '..' '..')
    $readme = Get-Content -Raw (Join-Path $root README.md)
    $runner = Join-Path $TestDrive runner.ps1
    $script = Join-Path $TestDrive readme.ps1
    $blocks = [regex]::Matches($readme, '(?ms)^```powershell\r?\n(.*?)^```') | ForEach-Object { $_.Groups[1].Value }
    Set-Content $script ($blocks -join "`n")

    # Each statement by itself, as it is when somebody pastes them, with what it printed and what went wrong.
    Set-Content $runner @'
        param($Script)
        $tree = [System.Management.Automation.Language.Parser]::ParseFile($Script, [ref]$null, [ref]$null)
        foreach ($statement in $tree.EndBlock.Statements) {
            $Error.Clear()
            $printed = . ([scriptblock]::Create($statement.Extent.Text))
            $null = $printed | Out-String
            [pscustomobject]@{ Line = $statement.Extent.EndLineNumber; Text = $statement.Extent.Text; Printed = "$printed"; Errors = @($Error | ForEach-Object { "$_" }) } |
                ConvertTo-Json -Compress
        }
'@
    # A PowerShell that is a .NET tool is a library that dotnet starts.
    $program = [System.Environment]::ProcessPath
    [string[]] $library = if ((Split-Path -LeafBase $program) -eq 'dotnet') { @(Join-Path $PSHOME pwsh.dll) } else { @() }
    Push-Location $root
    try {
        $output = & $program @library -NoProfile -NonInteractive -File $runner $script
        $exitCode = $LASTEXITCODE
    }
    finally {
        Pop-Location
    }

    $ran = @($output | Where-Object { $_ -like '{"Line"*' } | ConvertFrom-Json)
}

Describe 'README.md' {
    It 'has at most 120 lines' {
        ($readme.TrimEnd() -split "`n").Count | Should -BeLessOrEqual 120
    }

    It 'has snippets that run in order in a new PowerShell, without an error' {
        $exitCode | Should -Be 0 -Because "$output"
        $ran.Count | Should -BeGreaterThan 15
        $ran | Where-Object { $_.Errors } | ForEach-Object { "$($_.Text): $($_.Errors)" } | Should -BeNullOrEmpty
        $ran[-1].Line | Should -Be @(Get-Content $script | Select-String '\S')[-1].LineNumber -Because 'the last statement ran'
    }

    It 'says what its snippets print' {
        $lines = @(Get-Content $script)
        $said = 0
        foreach ($statement in $ran) {
            if ($lines[$statement.Line - 1] -match '# prints ([^;]+)') {
                $said++
                $statement.Printed | Should -Be $Matches[1].Trim() -Because $statement.Text
            }
        }
        $said | Should -BeGreaterThan 2
    }

    It 'has first steps that receive the event and the command' {
        ($ran | Where-Object Text -like 'Receive-IoTFEvent -Count 1*').Printed | Should -BeLike 'event status of pump/p1*'
        ($ran | Where-Object Text -like 'Receive-IoTFCommand -Count 1*').Printed | Should -BeLike 'command reboot of pump/p1*'
    }

    It 'names tasks that build.ps1 has' {
        $tasks = (Get-Command (Join-Path $root build.ps1)).Parameters['Task'].Attributes.ValidValues
        $named = [regex]::Matches($readme, '\./build\.ps1 (\w+)') | ForEach-Object { $_.Groups[1].Value }
        $named | Should -Not -BeNullOrEmpty
        $named | Where-Object { $tasks -notcontains $_ } | Should -BeNullOrEmpty
    }
}
