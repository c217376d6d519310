using System.Globalization;
using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>The operators on a single value, but for equality.</summary>
internal static class Values
{
    public static Verdict BeTrue(object? actual) => new(LanguagePrimitives.IsTrue(actual), "$true", Got(actual));

    public static Verdict BeFalse(object? actual) => new(!LanguagePrimitives.IsTrue(actual), "$false", Got(actual));

    // Greater than is "not less or equal", so that values that cannot be ordered behave as in Pester.
    public static Verdict BeGreaterThan(object? actual, object? expected) => Order(actual, "le", expected, "greater than");

    public static Verdict BeGreaterOrEqual(object? actual, object? expected) => Order(actual, "lt", expected, "greater than or equal to");

    public static Verdict BeLessThan(object? actual, object? expected) => Order(actual, "ge", expected, "less than");

    public static Verdict BeLessOrEqual(object? actual, object? expected) => Order(actual, "gt", expected, "less than or equal to");

    public static Verdict BeLike(object? actual, object? pattern, string like) => new(
        PowerShellOperator.Holds(actual, like, pattern), $"a value -{like} {ValueText.Of(pattern)}", Got(actual));

    public static Verdict Match(object? actual, object? pattern, string match) => new(
        PowerShellOperator.Holds(actual, match, pattern), $"a value that -{match} finds {ValueText.Of(pattern)} in", Got(actual));

    public static Verdict BeOfType(object? actual, object? type)
    {
        var expected = TypeOf(type);
        var found = actual is null ? "got $null" : $"got {ValueText.Of(actual)} of type {ValueText.Of(BaseObject(actual).GetType())}";
        return new Verdict(PowerShellOperator.Holds(actual, "is", expected), $"a value of type {ValueText.Of(expected)}", found);
    }

    public static Verdict Exist(object? actual, PathIntrinsics paths)
    {
        var path = LanguagePrimitives.ConvertTo<string>(actual);
        var full = paths.GetUnresolvedProviderPathFromPSPath(path);
        return new Verdict(Path.Exists(full), $"the path '{path}' to exist", "found the contrary");
    }

    private static Verdict Order(object? actual, string opposite, object? expected, string words) => new(
        !PowerShellOperator.Holds(actual, opposite, expected), $"a value {words} {ValueText.Of(expected)}", Got(actual));

    private static Type TypeOf(object? type)
    {
        if (BaseObject(type) is Type known)
        {
            return known;
        }

        var name = LanguagePrimitives.ConvertTo<string>(type).Trim();
        name = name.StartsWith('[') && name.EndsWith(']') ? name[1..^1] : name;
        return LanguagePrimitives.TryConvertTo<Type>(name, CultureInfo.InvariantCulture, out var named)
            ? named
            : throw new ArgumentException($"There is no loaded type [{name}]. Check its name, or load the assembly that holds it first.");
    }

    private static object BaseObject(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value!;

    private static string Got(object? actual) => $"got {ValueText.Of(actual)}";
}
