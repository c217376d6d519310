BeforeDiscovery {
    $atDiscovery = @{ Word = 'one' }, @{ Word = 'two' }
    $fileVariable = 'only at discovery'
}
BeforeAll {
    $file = 'file'
    function Get-Answer { 42 }
    $script:shared = 0
    $root = $PSScriptRoot
    $path = $PSCommandPath
}
Describe 'Outer' {
    BeforeAll { $outer = "$file/outer" }
    BeforeEach { $each = 'set before each' }
    It 'sees what BeforeAll of the file and the block set' { $outer | Should -Be 'file/outer' }
    It 'sees functions' { Get-Answer | Should -Be 42 }
    It 'shares its scope with BeforeEach' { $each | Should -Be 'set before each'; $each = 'changed'; $local = 1 }
    It 'sees nothing of the test before it' { $local | Should -BeNullOrEmpty; $each | Should -Be 'set before each' }
    It 'sees nothing of discovery' { $atDiscovery | Should -BeNullOrEmpty; $fileVariable | Should -BeNullOrEmpty }
    It 'cannot change what BeforeAll set' { $outer = 'changed'; $outer | Should -Be 'changed' }
    It 'finds it unchanged' { $outer | Should -Be 'file/outer' }
    It 'keeps script variables' { $script:shared++; $script:shared | Should -Be 1 }
    It 'finds script variables' { $script:shared | Should -Be 1; $shared | Should -Be 1 }
    Context 'Inner' {
        BeforeAll { $inner = "$outer/inner"; $outer = 'hidden' }
        BeforeEach { $each += ' and again' }
        It 'sees what every BeforeAll set' { $inner | Should -Be 'file/outer/inner' }
        It 'sees the innermost variable' { $outer | Should -Be 'hidden' }
        It 'runs every BeforeEach from the outside in' { $each | Should -Be 'set before each and again' }
    }
    It 'sees nothing of a block beside it' { $inner | Should -BeNullOrEmpty; $outer | Should -Be 'file/outer' }
    It 'knows its file' {
        $PSCommandPath | Should -BeLike '*Scoping.ps1'
        $PSScriptRoot | Should -Be ([IO.Path]::GetDirectoryName($PSCommandPath))
        $root | Should -Be $PSScriptRoot
        $path | Should -Be $PSCommandPath
    }
    It 'ends at return' { return; throw 'never' }
    It 'has a folder for files' { [IO.File]::WriteAllText("$TestDrive/a.txt", 'x'); "$TestDrive/a.txt" | Should -Exist }
}
Describe 'Another' {
    It 'sees nothing of a block before it' { $outer | Should -BeNullOrEmpty; $file | Should -Be 'file' }
}
Describe 'Data' {
    It 'has the word <Word>' -ForEach $atDiscovery { $Word | Should -Match '^(one|two)$'; $_.Word | Should -Be $Word }
    It 'has the number <_>' -TestCases 1, 2 { $_ | Should -BeGreaterThan 0; $_ | Should -BeLessThan 3 }
    It 'has the length <_.Length> of <_>' -ForEach 'ab' { $_ | Should -Be 'ab' }
    It 'keeps `<this`> and <laterVariable>' { $true | Should -BeTrue }
    It 'takes one hashtable for <Key>' -ForEach @{ Key = 'k'; Value = @(1, 2) } { $Value | Should -HaveCount 2; $Key | Should -Be 'k' }
    It 'sees the item in BeforeEach of <_>' -ForEach 7 { $seen | Should -Be 7 }
    BeforeEach { $seen = $_ }
    Context 'Block <Name>' -ForEach @{ Name = 'a'; Items = 1, 2 }, @{ Name = 'b'; Items = , 3 } {
        BeforeAll { $all = "all $Name" }
        It 'sees <Name>' { $Name | Should -Be $_.Name; $all | Should -Be "all $Name" }
        It 'has <_>' -ForEach $Items { $_ | Should -BeOfType [int] }
        Context 'deeper' {
            It 'still sees it' { $all | Should -Be "all $Name" }
        }
    }
}
Describe 'TestDrive' {
    BeforeAll { [IO.File]::WriteAllText("$TestDrive/outer.txt", 'x') }
    Context 'inside' {
        It 'keeps files of the blocks around it' {
            [IO.Directory]::CreateDirectory("$TestDrive/inner/deep")
            [IO.File]::WriteAllText("$TestDrive/inner/deep/a.txt", 'x')
            "$TestDrive/outer.txt" | Should -Exist
        }
        It 'keeps files of the tests before it' { "$TestDrive/inner/deep/a.txt" | Should -Exist }
    }
    It 'keeps no files of a block that has ended' { "$TestDrive/inner" | Should -Not -Exist; "$TestDrive/outer.txt" | Should -Exist }
}
