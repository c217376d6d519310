Describe 'A' {
