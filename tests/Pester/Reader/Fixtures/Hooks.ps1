BeforeAll { $script:order = [Collections.Generic.List[string]]::new(); $order.Add('file+') }
AfterAll { $host.UI.WriteLine("ORDER: $($order -join ' ') file-") }
BeforeEach { $order.Add('each+') }
AfterEach { $order.Add('each-') }
Describe 'A' {
    BeforeAll { $order.Add('A+') }
    AfterAll { $order.Add('A-') }
    BeforeEach { $order.Add('a+') }
    AfterEach { $order.Add("a-$left") }
    It 'one' { $order.Add('1'); $left = '1' }
    Context 'B' {
        BeforeAll { $order.Add('B+') }
        AfterAll { $order.Add('B-') }
        BeforeEach { $order.Add('b+') }
        AfterEach { $order.Add('b-') }
        It 'two' { $order.Add('2'); throw 'two fails' }
    }
    It 'three' { $order.Add('3') }
}
Describe 'All skipped' {
    BeforeAll { $order.Add('never') }
    AfterAll { $order.Add('never') }
    It 'four' -Skip { $order.Add('never') }
}
Describe 'Skipped' -Skip {
    BeforeAll { throw 'never' }
    It 'five' { throw 'never' }
    Context 'inside' { It 'six' { throw 'never' } }
}
Describe 'Half skipped' {
    It 'seven' -Skip:$true { throw 'never' }
    It 'eight' -Skip:$false -Tag slow, net { $order.Add('8') }
}
