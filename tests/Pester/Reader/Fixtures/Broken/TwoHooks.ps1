Describe 'A' { BeforeAll { }; BeforeAll { }; It 'one' { } }
