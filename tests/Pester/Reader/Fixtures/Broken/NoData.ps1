Describe 'A' { It 'one' -ForEach @() { } }
