Describe 'A' { It 'one' -Pending { } }
