namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>One item of <c>-ForEach</c> or <c>-TestCases</c>.</summary>
/// <param name="Item">The item: <c>$_</c>; the keys of a hashtable become variables, too.</param>
internal sealed record Data(object? Item);
