# Each name starts with what must become of the test: "holds" or "fails". A failure's message must contain what follows "=>".
Describe 'Be' {
    It 'holds: numbers' { 5 | Should -Be 5 }
    It 'holds: numbers of different types' { 5 | Should -Be 5.0 }
    It 'holds: text in another case' { 'ABC' | Should -Be 'abc' }
    It 'holds: lists' { 1, 2, 3 | Should -Be 1, 2, 3 }
    It 'holds: lists in lists' { @(, @(1, 2)), 3 | Should -Be @(, @(1, 2)), 3 }
    It 'holds: a list of one and its item' { @(7) | Should -Be 7 }
    It 'holds: nothing and $null' { @() | Should -Be $null }
    It 'holds: $null and $null' { $null | Should -Be $null }
    It 'holds: an empty text and an empty text' { '' | Should -Be '' }
    It 'holds: a value given by parameter' { Should -ActualValue 1, 2 -Be 1, 2 }
    It 'holds: not' { 5 | Should -Not -Be 6 }
    It 'fails: numbers => Expected 6, but got 5' { 5 | Should -Be 6 }
    It 'fails: with a reason => Expected 6, because it is more, but got 5' { 5 | Should -Be 6 -Because 'it is more' }
    It 'fails: a reason that starts with because => because of this, but' { 5 | Should -Be 6 -Because 'because of this' }
    It 'fails: text => different from index 2' { 'abc' | Should -Be 'abd' }
    It 'fails: lists of other lengths => got @(1, 2)' { 1, 2 | Should -Be 1, 2, 3 }
    It 'fails: lists in another order => Expected @(2, 1)' { 1, 2 | Should -Be 2, 1 }
    It 'fails: $null and zero => got $null' { $null | Should -Be 0 }
    It 'fails: an empty text and $null' { '' | Should -Be $null }
    It 'fails: not => Expected not 5' { 5 | Should -Not -Be 5 }
}
Describe 'BeExactly' {
    It 'holds' { 'abc' | Should -BeExactly 'abc' }
    It 'holds: not' { 'abc' | Should -Not -BeExactly 'ABC' }
    It 'fails => exactly' { 'abc' | Should -BeExactly 'ABC' }
    It 'fails: a list' { 'a', 'b' | Should -BeExactly 'a', 'B' }
}
Describe 'BeNullOrEmpty' {
    It 'holds: $null' { $null | Should -BeNullOrEmpty }
    It 'holds: no items' { @() | Should -BeNullOrEmpty }
    It 'holds: an empty text' { '' | Should -BeNullOrEmpty }
    It 'holds: an empty hashtable' { @{} | Should -BeNullOrEmpty }
    It 'holds: not zero' { 0 | Should -Not -BeNullOrEmpty }
    It 'holds: not two $null' { $null, $null | Should -Not -BeNullOrEmpty }
    It 'fails: zero => got 0' { 0 | Should -BeNullOrEmpty }
    It 'fails: a text => ''x''' { 'x' | Should -BeNullOrEmpty }
    It 'fails: not => not $null or empty' { $null | Should -Not -BeNullOrEmpty }
}
Describe 'BeTrue and BeFalse' {
    It 'holds: true' { $true | Should -BeTrue }
    It 'holds: one' { 1 | Should -BeTrue }
    It 'holds: false' { $false | Should -BeFalse }
    It 'holds: $null is false' { $null | Should -BeFalse }
    It 'holds: not' { $true | Should -Not -BeFalse }
    It 'fails: true => Expected $true, but got $false' { $false | Should -BeTrue }
    It 'fails: false => Expected $false, but got 1' { 1 | Should -BeFalse }
    It 'fails: one of several' { $true, $false | Should -BeTrue }
    It 'fails: not' { $true | Should -Not -BeTrue }
}
Describe 'Order' {
    It 'holds: greater' { 2 | Should -BeGreaterThan 1 }
    It 'holds: greater or equal' { 2 | Should -BeGreaterOrEqual 2 }
    It 'holds: less' { 1 | Should -BeLessThan 2 }
    It 'holds: less or equal' { 2 | Should -BeLessOrEqual 2 }
    It 'holds: not greater' { 1 | Should -Not -BeGreaterThan 1 }
    It 'holds: time spans' { [timespan]::FromSeconds(2) | Should -BeLessThan ([timespan]::FromSeconds(3)) }
    It 'fails: greater => greater than 2' { 2 | Should -BeGreaterThan 2 }
    It 'fails: greater or equal' { 1 | Should -BeGreaterOrEqual 2 }
    It 'fails: less => less than 2' { 2 | Should -BeLessThan 2 }
    It 'fails: less or equal' { 3 | Should -BeLessOrEqual 2 }
    It 'fails: not less' { 1 | Should -Not -BeLessThan 2 }
    It 'fails: one of several' { 5, 1 | Should -BeGreaterThan 2 }
}
Describe 'BeOfType' {
    It 'holds: a type' { 5 | Should -BeOfType ([int]) }
    It 'holds: a type in brackets' { 5 | Should -BeOfType [int] }
    It 'holds: a name' { 'x' | Should -BeOfType 'System.String' }
    It 'holds: a base type' { [ArgumentException]::new() | Should -BeOfType [Exception] }
    It 'holds: not' { 5 | Should -Not -BeOfType [string] }
    It 'fails => of type [System.Int32]' { 5 | Should -BeOfType [string] }
    It 'fails: $null => got $null' { $null | Should -BeOfType [string] }
    It 'fails: no such type => no loaded type' { 5 | Should -BeOfType [No.Such.Type] }
    It 'fails: not' { 5 | Should -Not -BeOfType [int] }
}
Describe 'Patterns' {
    It 'holds: like' { 'Abc' | Should -BeLike 'a*' }
    It 'holds: like exactly' { 'Abc' | Should -BeLikeExactly 'A*' }
    It 'holds: not like exactly' { 'Abc' | Should -Not -BeLikeExactly 'a*' }
    It 'holds: match' { 'Abc' | Should -Match '^a.c$' }
    It 'holds: match exactly' { 'Abc' | Should -MatchExactly '^A' }
    It 'holds: not match' { 'Abc' | Should -Not -Match 'x' }
    It 'fails: like => -like ''b*''' { 'Abc' | Should -BeLike 'b*' }
    It 'fails: like exactly' { 'Abc' | Should -BeLikeExactly 'a*' }
    It 'fails: match => -match' { 'Abc' | Should -Match 'x' }
    It 'fails: match exactly' { 'Abc' | Should -MatchExactly '^a' }
    It 'fails: not like' { 'Abc' | Should -Not -BeLike 'a*' }
    It 'fails: not match' { 'Abc' | Should -Not -Match 'a' }
    It 'fails: one of several' { 'ab', 'cd' | Should -Match 'a' }
}
Describe 'Collections' {
    It 'holds: contain' { 1, 2, 3 | Should -Contain 2 }
    It 'holds: contain text in another case' { 'a', 'b' | Should -Contain 'B' }
    It 'holds: not contain' { 1, 2 | Should -Not -Contain 3 }
    It 'holds: in' { 'B' | Should -BeIn 'a', 'b' }
    It 'holds: every one of several is in' { 1, 2 | Should -BeIn 1, 2, 3 }
    It 'holds: not in' { 4 | Should -Not -BeIn 1, 2 }
    It 'fails: in => one of @(1, 2)' { 3 | Should -BeIn 1, 2 }
    It 'fails: one of several is not in' { 1, 4 | Should -BeIn 1, 2 }
    It 'fails: not in' { 1 | Should -Not -BeIn 1, 2 }
    It 'holds: count' { 1, 2, 3 | Should -HaveCount 3 }
    It 'holds: no items' { @() | Should -HaveCount 0 }
    It 'holds: a single item' { 'x' | Should -HaveCount 1 }
    It 'holds: not count' { 1, 2 | Should -Not -HaveCount 3 }
    It 'fails: contain => got @(1, 2)' { 1, 2 | Should -Contain 3 }
    It 'fails: not contain' { 1, 2 | Should -Not -Contain 2 }
    It 'fails: count => got 2' { 1, 2 | Should -HaveCount 3 }
    It 'fails: not count' { 1, 2 | Should -Not -HaveCount 2 }
    It 'fails: $null is one item' { $null | Should -HaveCount 0 }
}
Describe 'Throw' {
    BeforeAll {
        function Stop-Here {
            [CmdletBinding()] param()
            $PSCmdlet.ThrowTerminatingError([Management.Automation.ErrorRecord]::new(
                    [InvalidOperationException]::new('The pump is [off]'), 'PumpOff', 'InvalidOperation', $null))
        }
    }
    It 'holds' { { throw 'x' } | Should -Throw }
    It 'holds: a terminating error of a command' { { Stop-Here } | Should -Throw }
    It 'holds: an unknown command' { { No-SuchCommand } | Should -Throw }
    It 'holds: a message' { { Stop-Here } | Should -Throw 'the pump is *' }
    It 'holds: everything' { { Stop-Here } | Should -Throw -ExpectedMessage '*off*' -ErrorId 'PumpOff,*' -ExceptionType ([InvalidOperationException]) }
    It 'holds: pass thru' { $e = { Stop-Here } | Should -Throw -PassThru; $e.FullyQualifiedErrorId | Should -Be 'PumpOff,Stop-Here' }
    It 'holds: not' { { 1 } | Should -Not -Throw }
    It 'holds: a non-terminating error is none' { { Import-Module no-such-module 2>$null } | Should -Not -Throw }
    It 'holds: the block sees the variables of the test' { $text = 'seen'; { throw $text } | Should -Throw 'seen' }
    It 'fails: nothing thrown => none was thrown' { { 1 } | Should -Throw }
    It 'fails: another message => The pump is' { { Stop-Here } | Should -Throw 'pump' }
    It 'fails: another id => PumpOff,Stop-Here' { { Stop-Here } | Should -Throw -ErrorId 'Other' }
    It 'fails: another type => [System.InvalidOperationException]' { { Stop-Here } | Should -Throw -ExceptionType ([IO.IOException]) }
    It 'fails: not => The pump is' { { Stop-Here } | Should -Not -Throw }
    It 'fails: no script block => braces' { 5 | Should -Throw }
}
Describe 'Exist' {
    It 'holds' { $TestDrive | Should -Exist }
    It 'holds: not' { "$TestDrive/none" | Should -Not -Exist }
    It 'fails' { "$TestDrive/none" | Should -Exist }
    It 'fails: not' { $TestDrive | Should -Not -Exist }
}
Describe 'HaveParameter' {
    BeforeAll { $command = Get-Command Get-Module }
    It 'holds' { $command | Should -HaveParameter Name }
    It 'holds: type' { $command | Should -HaveParameter Name -Type ([string[]]) }
    It 'holds: not' { $command | Should -Not -HaveParameter Nothing }
    It 'holds: mandatory' { Get-Command Remove-Job | Should -HaveParameter Id -Mandatory }
    It 'fails => to have a parameter Nothing' { $command | Should -HaveParameter Nothing }
    It 'fails: type => of type [System.Int32]' { $command | Should -HaveParameter Name -Type ([int]) }
    It 'fails: mandatory => optional' { $command | Should -HaveParameter Name -Mandatory }
    It 'fails: alias' { $command | Should -HaveParameter Name -Alias Nick }
    It 'fails: not' { $command | Should -Not -HaveParameter Name }
}
Describe 'Unknown things' {
    It 'fails: an operator => BeWonderful' { 5 | Should -BeWonderful 5 }
    It 'fails: a parameter => Strictly' { 5 | Should -Be 5 -Strictly }
    It 'fails: two operators' { 5 | Should -Be 5 -BeTrue }
    It 'fails: no operator' { 5 | Should }
    It 'fails: a keyword => InModuleScope' { InModuleScope Thing { } }
    It 'fails: a block in a test => Describe cannot stand inside' { Describe 'inner' { } }
}
Describe 'Errors' {
    It 'fails: a thrown text => went wrong' { throw 'it went wrong' }
    It 'fails: an exception of .NET => FormatException' { [int]::Parse('x') }
    It 'fails: a division => DivideByZero' { $zero = 0; 1 / $zero }
    It 'fails: exactly here => Operators.ps1' { 5 | Should -Be 6 }
    It 'holds: a stray continue' { continue }
    It 'holds: output is dropped' { 'output' }
}
