Describe 'A' { It 'one' { } }; if ($true) { exit 0 }; Describe 'B' { It 'two' { } }
