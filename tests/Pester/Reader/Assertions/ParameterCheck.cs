using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Assertions;

/// <summary>HaveParameter: whether a command has a parameter, and whether it is of a type, mandatory, or known by aliases.</summary>
internal sealed record ParameterCheck(string Name, Type? Type, bool Mandatory, IReadOnlyList<string> Aliases)
{
    public Verdict Judge(object? actual)
    {
        var command = (actual is PSObject wrapped ? wrapped.BaseObject : actual) as CommandInfo
            ?? throw new ArgumentException("-HaveParameter needs a command: pipe the result of Get-Command.");
        var expected = $"the command {command.Name} to have a parameter {Name}{Expectations()}";
        return command.Parameters.TryGetValue(Name, out var parameter)
            ? new Verdict(Fits(parameter), expected, $"it is a {Traits(parameter)}")
            : new Verdict(Holds: false, expected, $"it has {string.Join(", ", command.Parameters.Keys)}");
    }

    private static bool IsMandatory(ParameterMetadata parameter) =>
        parameter.Attributes.OfType<ParameterAttribute>().Any(attribute => attribute.Mandatory);

    private static string Traits(ParameterMetadata parameter) =>
        $"{(IsMandatory(parameter) ? "mandatory" : "optional")} [{parameter.ParameterType.FullName}] with the aliases {ValueText.Of(parameter.Aliases)}";

    private bool Fits(ParameterMetadata parameter) =>
        (Type is null || parameter.ParameterType == Type)
        && (!Mandatory || IsMandatory(parameter))
        && Aliases.All(alias => parameter.Aliases.Contains(alias, StringComparer.OrdinalIgnoreCase));

    private string Expectations() => string.Concat(
        Type is null ? string.Empty : $" of type [{Type.FullName}]",
        Mandatory ? " that is mandatory" : string.Empty,
        Aliases.Count == 0 ? string.Empty : $" with the aliases {ValueText.Of(Aliases)}");
}
