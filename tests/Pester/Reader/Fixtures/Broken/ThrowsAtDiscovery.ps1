Describe 'A' { It 'one' { }; throw 'too early' }
