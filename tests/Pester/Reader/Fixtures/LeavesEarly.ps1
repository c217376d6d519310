Describe 'Exit' {
    It 'one' { $true | Should -BeTrue }
    It 'two' { exit 3 }
    It 'three' { $true | Should -BeTrue }
}
