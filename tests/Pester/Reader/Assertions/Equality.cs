using System.Globalization;
using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>
/// Be and BeExactly. Both sides are taken as lists; nothing, <c>$null</c> and a list of one <c>$null</c> are the same; arrays
/// inside are compared item by item, everything else by <c>expected -eq actual</c>.
/// </summary>
internal static class Equality
{
    public static Verdict Be(object? actual, object? expected) => Compare(actual, expected, "eq", string.Empty);

    public static Verdict BeExactly(object? actual, object? expected) => Compare(actual, expected, "ceq", "exactly ");

    private static Verdict Compare(object? actual, object? expected, string equals, string manner) => new(
        AreEqual(Items(actual), Items(expected), equals),
        manner + ValueText.Of(Single(expected)),
        $"got {ValueText.Of(Single(actual))}{Difference(Single(actual), Single(expected), equals)}");

    private static bool AreEqual(object?[] actual, object?[] expected, string equals)
    {
        if (IsNothing(actual) || IsNothing(expected))
        {
            return IsNothing(actual) && IsNothing(expected);
        }

        return actual.Length == expected.Length && actual.Zip(expected).All(pair =>
            IsArray(pair.First) || IsArray(pair.Second)
                ? AreEqual(Items(pair.First), Items(pair.Second), equals)
                : AreSame(pair.First, pair.Second, equals));
    }

    // What -eq does with a single value on its left; the operator itself is needed, and slower, for a list there.
    private static bool AreSame(object? actual, object? expected, string equals) => LanguagePrimitives.GetEnumerable(expected) is null
        ? LanguagePrimitives.Equals(expected, actual, ignoreCase: equals == "eq", CultureInfo.InvariantCulture)
        : PowerShellOperator.Holds(expected, equals, actual);

    private static object?[] Items(object? value) =>
        LanguagePrimitives.GetEnumerable(value) is { } items ? [.. items.Cast<object?>()] : [value];

    private static bool IsNothing(object?[] items) => items is [] or [null];

    private static bool IsArray(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) is Array;

    private static object? Single(object? value) => Items(value) is [var only] ? only : value;

    private static string Difference(object? actual, object? expected, string equals)
    {
        if (actual is not string found || expected is not string wanted)
        {
            return string.Empty;
        }

        var comparison = equals == "eq" ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        var index = 0;
        while (index < Math.Min(found.Length, wanted.Length) && string.Equals(found[index..(index + 1)], wanted[index..(index + 1)], comparison))
        {
            index++;
        }

        return $" (lengths {wanted.Length} and {found.Length}, different from index {index})";
    }
}
