It 'one' { }
