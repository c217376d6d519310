BeforeAll {
    $root = Convert-Path (Join-Path $PSScriptRoot '..' '..')
    $manifestPath = Join-Path $root 'IoTF.psd1'
    Import-Module $manifestPath -Force
}

Describe 'The module' {
    It 'has a manifest without faults' {
        $manifest = Test-ModuleManifest $manifestPath -ErrorVariable faults -WarningVariable warnings
        $faults | Should -BeNullOrEmpty
        $warnings | Should -BeNullOrEmpty
        $manifest.Name | Should -Be 'IoTF'
        $manifest.PowerShellVersion | Should -Be '7.4'
    }

    It 'exports exactly the cmdlets that the manifest names' {
        $named = (Test-ModuleManifest $manifestPath).ExportedCmdlets.Keys
        $found = (Get-Command -Module IoTF).Name
        $found | Sort-Object | Should -Be ($named | Sort-Object)
        $found.Count | Should -BeGreaterThan 12
    }

    It 'puts two assemblies into the default load context' {
        (Get-ChildItem (Join-Path $root 'bin') -Filter '*.dll').Count | Should -Be 2
        $names = [System.Runtime.Loader.AssemblyLoadContext]::Default.Assemblies | ForEach-Object { $_.GetName().Name }
        @($names -like 'IoTF.Loader-*').Count | Should -Be 1
        $names | Should -Contain 'IoTF.PowerShell'
        $names | Should -Not -Contain 'IoTF.Client'
        $names | Should -Not -Contain 'MQTTnet'
    }

    It 'can be imported again while it is in use' {
        Start-IoTFEmulator -Port 0 | Should -Not -BeNullOrEmpty
        Import-Module $manifestPath -Force
        Get-IoTFSession | Should -BeNullOrEmpty
    }

    It 'uses approved verbs and one noun prefix' {
        foreach ($command in Get-Command -Module IoTF) {
            $command.Noun | Should -BeLike 'IoTF*'
            'Connect', 'Disconnect', 'Get', 'New', 'Receive', 'Register', 'Send', 'Set', 'Start', 'Stop', 'Test', 'Unregister' | Should -Contain $command.Verb
        }
    }

    It 'has a table view for every object it emits' {
        $emitted = Get-Command -Module IoTF | ForEach-Object { $_.OutputType.Type } | Where-Object { $null -ne $_ -and $_ -ne [bool] }
        $views = [xml](Get-Content (Join-Path $root 'IoTF.Format.ps1xml') -Raw)
        $viewed = $views.SelectNodes('//View[TableControl]/ViewSelectedBy/TypeName') | ForEach-Object InnerText
        foreach ($type in $emitted) {
            $viewed | Should -Contain $type.FullName
        }
    }
}
