using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>Shows values in failure messages the way they are written in PowerShell.</summary>
internal static class ValueText
{
    private const int ItemLimit = 10;

    public static string Of(object? value) => (value is PSObject wrapped ? wrapped.BaseObject : value) switch
    {
        null => "$null",
        string text => $"'{text}'",
        bool truth => truth ? "$true" : "$false",
        DateTime time => time.ToString("o", CultureInfo.InvariantCulture),
        Type type => $"[{type.FullName}]",
        ScriptBlock block => $"{{{block}}}",
        IDictionary dictionary => Dictionary(dictionary),
        IEnumerable items => Collection(items),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };

    private static string Collection(IEnumerable items)
    {
        var texts = items.Cast<object?>().Select(Of).ToList();
        var more = texts.Count > ItemLimit ? $", ... {texts.Count - ItemLimit} more" : string.Empty;
        return $"@({string.Join(", ", texts.Take(ItemLimit))}{more})";
    }

    private static string Dictionary(IDictionary dictionary) =>
        $"@{{{string.Join("; ", dictionary.Keys.Cast<object>().Select(key => $"{key} = {Of(dictionary[key])}"))}}}";
}
