# The package, as its users get it: PowerShell processes with a home of their own publish it to a folder, find, install, update and remove it.
# Not on Windows, where modules and repositories of the user are in folders that no environment variable changes.
Describe 'The package' -Skip:$IsWindows {
    BeforeAll {
        $root = Convert-Path (Join-Path $PSScriptRoot '..' '..')
        $feed = Join-Path $TestDrive 'feed'
        $packages = Join-Path $TestDrive 'packages'
        $null = New-Item $feed -ItemType Directory
        $version = (Import-PowerShellDataFile (Join-Path $root 'IoTF.psd1')).ModuleVersion

        # PSResourceGet keeps its repositories and modules below HOME, unless the XDG variables name other folders.
        function New-Home([string] $Name) {
            $new = Join-Path $TestDrive $Name
            $null = New-Item (Join-Path $new '.local' 'share'), (Join-Path $new '.config') -ItemType Directory
            $new
        }

        function Set-EnvironmentVariable([string] $Name, $Value) {
            if ($null -eq $Value) { Remove-Item "Env:$Name" -ErrorAction Ignore } else { Set-Item "Env:$Name" $Value }
        }

        # Runs a script in a new PowerShell with another home. Emits its exit code, what it printed, and as Result the object that its last line has as JSON.
        function Invoke-Child([string] $HomeFolder, [string] $Script, [hashtable] $Variables = @{}) {
            $file = Join-Path $TestDrive 'child.ps1'
            Set-Content $file "`$ErrorActionPreference = 'Stop'`n$Script"
            $own = @{ HOME = $HomeFolder; PSModulePath = $null; XDG_DATA_HOME = $null; XDG_CONFIG_HOME = $null; XDG_CACHE_HOME = $null
                DOTNET_NOLOGO = '1'; DOTNET_CLI_TELEMETRY_OPTOUT = '1'; DOTNET_GENERATE_ASPNET_CERTIFICATE = 'false'; NO_COLOR = '1' } + $Variables
            $before = @{}
            foreach ($name in $own.Keys) {
                $before[$name] = [System.Environment]::GetEnvironmentVariable($name)
                Set-EnvironmentVariable $name $own[$name]
            }

            try {
                $lines = & (Join-Path $root 'tools' 'Invoke-Script.ps1') $file 2>&1 | ForEach-Object { "$_" }
                $exitCode = $LASTEXITCODE
            }
            finally {
                foreach ($name in $own.Keys) { Set-EnvironmentVariable $name $before[$name] }
            }

            $json = $lines | Select-Object -Last 1
            [pscustomobject]@{
                ExitCode = $exitCode
                Lines    = $lines
                Text     = $lines -join "`n"
                Result   = if ($exitCode -eq 0 -and $json -like '{*') { $json | ConvertFrom-Json }
            }
        }

        function Get-Entry([string] $Package) {
            $archive = [System.IO.Compression.ZipFile]::OpenRead($Package)
            $archive.Entries.FullName
            $archive.Dispose()
        }

        $publisher = New-Home 'publisher'
        $key = 'key-that-nobody-may-see'
        $published = Invoke-Child $publisher -Variables @{ PSGALLERY_API_KEY = $key } @"
            Register-PSResourceRepository folder -Uri '$feed' -Trusted
            & '$root/build.ps1' Publish -NoBuild -OutputFolder '$packages' -Repository folder
            Remove-Item Env:PSGALLERY_API_KEY
            try { & '$root/build.ps1' Publish -NoBuild -OutputFolder '$TestDrive/none' } catch { "refused: `$_" }
"@
        $package = Join-Path $packages "IoTF.$version.nupkg"
    }

    It 'is made, tried and published by build.ps1, which shows no key' {
        $published.ExitCode | Should -Be 0 -Because $published.Text
        $published.Text | Should -BeLike '*The sessions disconnect, and the emulator stops.*is published to folder.*'
        $published.Text | Should -Not -BeLike "*$key*"
        (Get-FileHash (Join-Path $feed "IoTF.$version.nupkg")).Hash | Should -Be (Get-FileHash $package).Hash
    }

    It 'holds the module, its help and its examples, and nothing else' {
        (Get-Item $package).Length | Should -BeLessThan 2MB
        $module = @(
            'IoTF.psd1', 'IoTF.Objects.psd1', 'IoTF.Format.ps1xml', 'IoTF.Types.ps1xml', 'LICENSE', 'THIRD-PARTY-NOTICES.md'
            'bin/IoTF.Loader.dll', 'bin/IoTF.PowerShell.dll'
            'Client', 'Emulator', 'Mqtt', 'Protocol' | ForEach-Object { "bin/lib/IoTF.$_.dll" }
            'bin/lib/MQTTnet.dll', 'bin/lib/YamlDotNet.dll', 'en-US/IoTF.PowerShell.dll-Help.xml'
            Get-ChildItem (Join-Path $root 'docs' 'en-US') -Filter 'about_*.md' | ForEach-Object { "en-US/$($_.BaseName).help.txt" }
            Push-Location $root
            Get-ChildItem 'examples' -Recurse -File | Resolve-Path -Relative | ForEach-Object { $_.Substring(2) }
            Pop-Location
        )
        $entries = Get-Entry $package | Where-Object { $_ -notmatch '^(_rels/|package/|\[Content_Types\]|IoTF\.nuspec)' }
        Compare-Object $module $entries | ForEach-Object { "$($_.SideIndicator) $($_.InputObject)" } | Should -BeNullOrEmpty
    }

    It 'is not published without a key where one is needed' {
        $published.Lines[-1] | Should -BeLike 'refused: There is no API key. Set the environment variable PSGALLERY_API_KEY*'
        Join-Path $TestDrive 'none' | Should -Not -Exist
    }

    Context 'made again, and signed' {
        BeforeAll {
            # The store of the user is below HOME.
            $signed = Invoke-Child $publisher @"
                `$request = [System.Security.Cryptography.X509Certificates.CertificateRequest]::new(
                    'CN=IoTF test', [System.Security.Cryptography.RSA]::Create(2048), 'SHA256', [System.Security.Cryptography.RSASignaturePadding]::Pkcs1)
                `$codeSigning = [System.Security.Cryptography.OidCollection]::new()
                `$null = `$codeSigning.Add([System.Security.Cryptography.Oid]::new('1.3.6.1.5.5.7.3.3'))
                `$request.CertificateExtensions.Add([System.Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension]::new(`$codeSigning, `$true))
                `$made = `$request.CreateSelfSigned([System.DateTimeOffset]::UtcNow.AddDays(-1), [System.DateTimeOffset]::UtcNow.AddDays(1))
                `$certificate = [System.Security.Cryptography.X509Certificates.X509CertificateLoader]::LoadPkcs12(`$made.Export('Pfx', ''), '', 'PersistKeySet')
                `$store = [System.Security.Cryptography.X509Certificates.X509Store]::new('My', 'CurrentUser')
                `$store.Open('ReadWrite')
                `$store.Add(`$certificate)
                & '$root/build.ps1' Package -NoBuild -OutputFolder '$TestDrive/signed' -SigningCertificate `$certificate.GetCertHashString('SHA256')
"@
        }

        It 'has the signature, and works as before' {
            $signed.ExitCode | Should -Be 0 -Because $signed.Text
            $signed.Text | Should -BeLike '*The sessions disconnect, and the emulator stops.*'
            Get-Entry (Join-Path $TestDrive 'signed' "IoTF.$version.nupkg") | Should -Contain '.signature.p7s'
        }

        It 'holds the same files when it is made again' {
            $signed.ExitCode | Should -Be 0 -Because $signed.Text
            Expand-Archive $package (Join-Path $TestDrive 'first')
            Expand-Archive (Join-Path $TestDrive 'signed' "IoTF.$version.nupkg") (Join-Path $TestDrive 'second')
            $first, $second = 'first', 'second' | ForEach-Object {
                # The rest is written by PSResourceGet, with a random name and the time.
                , (Get-ChildItem (Join-Path $TestDrive $_) -Recurse -File -Force | Where-Object FullName -notmatch '/(_rels|package)/|\[Content_Types\]|signature' |
                    Sort-Object FullName | Get-FileHash | ForEach-Object { "$(Split-Path $_.Path -Leaf) $($_.Hash)" })
            }
            $first.Count | Should -BeGreaterThan 30
            $second | Should -Be $first
        }
    }

    Context 'with PSResourceGet' {
        BeforeAll {
            # A later version, of a publisher who has set the address of the project.
            $next = Join-Path $TestDrive 'next'
            $null = New-Item $next -ItemType Directory
            'bin', 'examples', '*.psd1', '*.ps1xml', 'LICENSE', 'THIRD-PARTY-NOTICES.md', 'CHANGELOG.md' | ForEach-Object { Copy-Item (Join-Path $root $_) $next -Recurse }
            $manifest = Join-Path $next 'IoTF.psd1'
            $text = (Get-Content $manifest -Raw) -replace "(ModuleVersion\s+= )'.*'", "`$1'99.0.0'" -replace "# (ProjectUri\s+= )'.*'", "`$1'https://forge.example.com/plant/iotf'"
            Set-Content $manifest $text
            $helpTool = Get-ChildItem (Join-Path $root 'tools' 'Help' 'bin') -Filter 'IoTF.Help.dll' -Recurse | Sort-Object LastWriteTime | Select-Object -Last 1
            dotnet $helpTool.FullName $manifest (Join-Path $root 'docs' 'en-US') (Join-Path $next 'en-US')

            # In place of a browser: writes down the address.
            $tools = Join-Path $TestDrive 'tools'
            $opened = Join-Path $tools 'opened'
            $null = New-Item $tools -ItemType Directory
            Set-Content (Join-Path $tools 'xdg-open') "#!/bin/sh`nprintf '%s' `"`$1`" > '$opened.part' && mv '$opened.part' '$opened'"
            $watcher = [System.IO.FileSystemWatcher]::new($tools)
            Register-ObjectEvent $watcher Renamed -SourceIdentifier BrowserOpened
            $watcher.EnableRaisingEvents = $true
            chmod +x (Join-Path $tools 'xdg-open')
            $path = @{ PATH = "$tools$([System.IO.Path]::PathSeparator)$env:PATH" }

            $user = New-Home 'user'
            $first = Invoke-Child $user -Variables $path @"
                Register-PSResourceRepository folder -Uri '$feed' -Trusted
                `$found = Find-PSResource IoTF -Repository folder
                `$byCommand = Find-PSResource -CommandName Send-IoTFEvent -Repository folder
                `$null = New-Item '$TestDrive/saved' -ItemType Directory
                Save-PSResource IoTF -Repository folder -Path '$TestDrive/saved'
                Install-PSResource IoTF -Repository folder
                `$null = Start-IoTFEmulator -Port 0    # PowerShell loads the module, because it has this cmdlet.
                `$loaded = Get-Module IoTF
                `$topic = Get-Help about_IoTF_Errors
                `$online = try { Get-Help Send-IoTFEvent -Online } catch { "`$_" }

                # The next version comes while this one is at work.
                `$null = New-IoTFEmulatorDevice pump p1 | Connect-IoTFDevice
                & '$root/tools/Package/New-Package.ps1' -Root '$next' -OutputFolder '$feed' | Out-Null
                Update-PSResource IoTF -Repository folder
                `$receipt = @{ temperature = 21.5 } | Send-IoTFEvent status -PassThru
                `$import = try { Import-Module IoTF -RequiredVersion 99.0.0 } catch { "`$_" }
                Get-IoTFSession | Disconnect-IoTFSession
                Stop-IoTFEmulator
                [ordered]@{
                    Found     = `$found | Select-Object Name, @{ n = 'Version'; e = { "`$(`$_.Version)" } }, Description, Tags, LicenseUri, ReleaseNotes, Author, CompanyName, Copyright, ProjectUri
                    ByCommand = "`$(`$byCommand.ParentResource.Name) `$(`$byCommand.Names)"
                    Loaded    = "`$(`$loaded.Version)"
                    Folder    = `$loaded.ModuleBase
                    Topic     = `$topic
                    Online    = `$online
                    Receipt   = "`$(`$receipt.Name)"
                    Import    = `$import
                    Installed = @((Get-PSResource IoTF).Version | ForEach-Object { "`$_" })
                } | ConvertTo-Json -Compress -Depth 5
"@
            $second = Invoke-Child $user -Variables $path @"
                `$found = Find-PSResource IoTF -Repository folder
                `$null = Get-IoTFSession
                `$loaded = Get-Module IoTF
                Get-Help Send-IoTFEvent -Online
                Uninstall-PSResource IoTF -Version 99.0.0
                `$left = @((Get-PSResource IoTF).Version | ForEach-Object { "`$_" })
                Uninstall-PSResource IoTF
                [ordered]@{
                    ProjectUri = `$found.ProjectUri
                    Loaded     = "`$(`$loaded.Version)"
                    Left       = `$left
                    Modules    = @(Get-Module IoTF -ListAvailable).Count
                    Files      = @(Get-ChildItem '$user/.local/share/powershell/Modules').Count
                } | ConvertTo-Json -Compress
"@
        }

        AfterAll {
            Unregister-Event BrowserOpened
            Remove-Event BrowserOpened -ErrorAction Ignore
            $watcher.Dispose()
        }

        It 'is found with description, tags, license and release notes' {
            $first.ExitCode | Should -Be 0 -Because $first.Text
            $manifest = Test-ModuleManifest (Join-Path $root 'IoTF.psd1')
            $found = $first.Result.Found
            $found.Name | Should -Be 'IoTF'
            $found.Version | Should -Be $version
            foreach ($property in 'Description', 'Author', 'CompanyName', 'Copyright', 'LicenseUri') { $found.$property | Should -Be "$($manifest.$property)" }
            $found.Tags | Should -Contain 'MQTT'
            $found.Tags | Should -Contain 'PSEdition_Core'
            ($found.Tags -join ' ').Length | Should -BeLessThan 4000 -Because 'the Gallery accepts no more'
            $notes = $found.ReleaseNotes -replace '\r'
            $notes | Should -BeLike '### Added*'
            $notes | Should -Not -Match '(?m)^## '
            (Get-Content (Join-Path $root 'CHANGELOG.md') -Raw) -replace '\r' | Should -BeLike "*$([WildcardPattern]::Escape($notes))*"
        }

        It 'is found by the name of a cmdlet' {
            $first.Result.ByCommand | Should -Be 'IoTF Send-IoTFEvent'
        }

        It 'is saved into a folder' {
            Test-ModuleManifest (Join-Path $TestDrive 'saved' 'IoTF' $version 'IoTF.psd1') | ForEach-Object Version | Should -Be $version
            Join-Path $TestDrive 'saved' 'IoTF' $version 'examples' 'runbook.ps1' | Should -Exist
        }

        It 'is installed, loads by the name of a cmdlet, and has its help' {
            $first.Result.Loaded | Should -Be $version
            $first.Result.Folder | Should -Be (Join-Path $user '.local' 'share' 'powershell' 'Modules' 'IoTF' $version)
            $first.Result.Topic | Should -BeLike '*OtherCopyLoaded*'
        }

        It 'is updated while the old version is at work, which goes on; the new one says what to do' {
            $first.Result.Receipt | Should -Be 'status'
            $first.Result.Installed | Should -Be '99.0.0', $version
            $first.Result.Import | Should -BeLike "IoTF 99.0.0 in * was not imported: this process has loaded IoTF $version from *start a new PowerShell.*"
            $second.ExitCode | Should -Be 0 -Because $second.Text
            $second.Result.Loaded | Should -Be '99.0.0'
        }

        It 'opens the page of a cmdlet at the address that the publisher has set, and says so where there is none' {
            $first.Result.Found.ProjectUri | Should -BeNullOrEmpty
            $first.Result.Online | Should -BeLike '*online version*is not specified*'
            $second.Result.ProjectUri | Should -Be 'https://forge.example.com/plant/iotf'
            Wait-Event BrowserOpened -Timeout 30 | Should -Not -BeNullOrEmpty
            Get-Content $opened | Should -Be 'https://forge.example.com/plant/iotf/blob/main/docs/en-US/Send-IoTFEvent.md'
            Join-Path $root 'docs' 'en-US' 'Send-IoTFEvent.md' | Should -Exist
        }

        It 'is removed, one version or all of them, also while it is loaded' {
            $second.Result.Left | Should -Be $version
            $second.Result.Modules | Should -Be 0
            $second.Result.Files | Should -Be 0
        }
    }

    It 'is installed and removed with PowerShellGet 2' {
        $old = Join-Path $TestDrive 'old'
        $null = New-Item $old -ItemType Directory
        Copy-Item $package $old
        $user = New-Home 'old-user'
        $run = Invoke-Child $user @"
            Register-PSRepository -Name folder -SourceLocation '$old' -InstallationPolicy Trusted
            Install-Module IoTF -Repository folder -Scope CurrentUser
            `$null = Get-IoTFSession
            `$loaded = Get-Module IoTF
            Uninstall-Module IoTF
            [ordered]@{ Loaded = `$loaded.ModuleBase; Left = @(Get-Module IoTF -ListAvailable).Count } | ConvertTo-Json -Compress
"@
        $run.ExitCode | Should -Be 0 -Because $run.Text
        $run.Result.Loaded | Should -Be (Join-Path $user '.local' 'share' 'powershell' 'Modules' 'IoTF' $version)
        $run.Result.Left | Should -Be 0
    }
}

Describe 'build.ps1 Clean' {
    It 'removes what was built, and nothing else' {
        $checkout = Join-Path $TestDrive 'checkout'
        $kept = 'build.ps1', 'docs/en-US/page.md', 'src/A/A.csproj', 'tests/Node/node_modules/tool/bin/tool.js'
        $kept + 'bin/A.dll', 'en-US/A.xml', 'package/A.nupkg', 'src/A/bin/A.dll', 'src/A/obj/A.json' | ForEach-Object { $null = New-Item (Join-Path $checkout $_) -ItemType File -Force }
        Copy-Item (Join-Path $PSScriptRoot '..' '..' 'build.ps1') $checkout
        & (Join-Path $checkout 'build.ps1') Clean
        $left = Get-ChildItem $checkout -Recurse -File | ForEach-Object { $_.FullName.Substring($checkout.Length + 1).Replace('\', '/') } | Sort-Object
        $left | Should -Be ($kept | Sort-Object)
    }
}
