using System.Management.Automation;
using System.Text.RegularExpressions;
using IoTF.Tests.Pester.Reader.Assertions;
using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>
/// Replaces <c>&lt;expression&gt;</c> in a name by the value of <c>$expression</c>. Pester does so when the test runs; here the
/// names are needed before, so a variable that is set only then keeps its placeholder.
/// </summary>
internal static partial class NameTemplate
{
    public static string Expand(string name, Data? data, EngineIntrinsics engine)
    {
        var scope = new ScriptScope(engine);
        var expanded = name;
        scope.Enter(() =>
        {
            scope.Set(data);
            expanded = Placeholder().Replace(name, match => match.Groups["bracket"].Success
                ? match.Groups["bracket"].Value
                : Value(match, engine));
        });
        return expanded;
    }

    private static string Value(Match placeholder, EngineIntrinsics engine)
    {
        var expression = placeholder.Groups["expression"].Value;
        var variable = Regex.Match(expression, @"^\w+").Value;
        if (variable.Length == 0 || (variable != "_" && engine.SessionState.PSVariable.Get(variable) is null))
        {
            return placeholder.Value;
        }

        var value = engine.InvokeCommand.InvokeScript(useLocalScope: false, engine.InvokeCommand.NewScriptBlock($"${expression}"), input: null);
        return value.Count == 1 && value[0]?.BaseObject is string text ? text : ValueText.Of(value.Count == 1 ? value[0] : value);
    }

    [GeneratedRegex("`(?<bracket>[<>])|<(?<expression>[^<>`]+)>")]
    private static partial Regex Placeholder();
}
