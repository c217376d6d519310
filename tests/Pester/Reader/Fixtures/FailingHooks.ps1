Describe 'BeforeAll' {
    BeforeAll { throw 'no server' }
    AfterAll { $host.UI.WriteLine('cleaned up all the same') }
    It 'one' { $true | Should -BeTrue }
    Context 'inside' { It 'two' { $true | Should -BeTrue } }
    It 'skipped' -Skip { }
}
Describe 'BeforeEach' {
    BeforeEach { throw 'no device' }
    AfterEach { $host.UI.WriteLine('cleaned up each') }
    It 'three' { $host.UI.WriteLine('not reached') }
}
Describe 'AfterEach' {
    AfterEach { throw 'cannot clean up' }
    It 'four' { Import-Module no-such-module; $true | Should -BeTrue }
}
Describe 'AfterAll' {
    AfterAll { throw 'cannot stop' }
    It 'five' { $true | Should -BeTrue }
    It 'six' { $true | Should -BeTrue }
}
Describe 'After them' {
    It 'seven' { $true | Should -BeTrue }
}
