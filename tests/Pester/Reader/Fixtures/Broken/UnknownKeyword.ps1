Describe 'A' { It 'one' { } ; Remark 'x' }
