using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>Applies an operator of the language itself, so that conversions and cultures are PowerShell's own.</summary>
internal static class PowerShellOperator
{
    /// <summary>Evaluates <c>left -name right</c> to a truth value.</summary>
    public static bool Holds(object? left, string name, object? right) => LanguagePrimitives.IsTrue(
        ScriptBlock.Create($"param($l, $r) try {{ [bool]($l -{name} $r) }} catch {{ throw }}").InvokeReturnAsIs(left, right));
}
