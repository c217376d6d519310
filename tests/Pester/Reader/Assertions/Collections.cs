using System.Collections;
using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>The operators that know collections.</summary>
internal static class Collections
{
    public static Verdict BeNullOrEmpty(object? actual) => new(
        IsNullOrEmpty(actual), "$null or empty", $"got {ValueText.Of(actual is object?[] { Length: 1 } items ? items[0] : actual)}");

    public static Verdict HaveCount(object? actual, int expected)
    {
        if (expected < 0)
        {
            throw new ArgumentException("-HaveCount needs a count of 0 or more.");
        }

        var count = actual is null ? 0 : actual is ICollection items ? items.Count : 1;
        return new Verdict(count == expected, $"a collection of {expected} items", $"got {count}: {ValueText.Of(actual)}");
    }

    public static Verdict Contain(object? actual, object? expected) => new(
        PowerShellOperator.Holds(actual, "contains", expected), $"{ValueText.Of(expected)} in the collection", $"got {ValueText.Of(actual)}");

    public static Verdict BeIn(object? actual, object? expected) => new(
        PowerShellOperator.Holds(actual, "in", expected), $"one of {ValueText.Of(expected)}", $"got {ValueText.Of(actual)}");

    private static bool IsNullOrEmpty(object? actual)
    {
        if (actual is not object?[] { Length: > 0 } items)
        {
            return actual is null or object?[];
        }

        return items.Length == 1 && (items[0] is PSObject wrapped ? wrapped.BaseObject : items[0]) switch
        {
            null => true,
            Hashtable table => table.Count == 0,
            var item => string.IsNullOrEmpty(LanguagePrimitives.ConvertTo<string>(item)),
        };
    }
}
