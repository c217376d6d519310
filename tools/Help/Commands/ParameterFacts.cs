using System.Collections;
using System.Globalization;
using System.Management.Automation;

namespace IoTF.Help.Commands;

/// <summary>What help says of a parameter besides prose, as the cmdlet has it.</summary>
internal static class ParameterFacts
{
    /// <summary>The cmdlet's own parameters in a set, without those of all cmdlets and those that nobody writes.</summary>
    public static IEnumerable<CommandParameterInfo> Own(CommandParameterSetInfo set) => set.Parameters
        .Where(static parameter => !Cmdlet.CommonParameters.Contains(parameter.Name) && !parameter.Attributes.OfType<ParameterAttribute>().Any(static own => own.DontShow))
        .OrderBy(static parameter => parameter.Position < 0)
        .ThenBy(static parameter => parameter.Position)
        .ThenBy(static parameter => !parameter.IsMandatory);

    public static string Position(CommandParameterInfo parameter) =>
        parameter.Position < 0 ? "named" : parameter.Position.ToString(CultureInfo.InvariantCulture);

    public static string Pipeline(CommandParameterInfo parameter) => (parameter.ValueFromPipeline, parameter.ValueFromPipelineByPropertyName) switch
    {
        (true, true) => "True (ByValue, ByPropertyName)",
        (true, false) => "True (ByValue)",
        (false, true) => "True (ByPropertyName)",
        _ => "False",
    };

    public static string Aliases(CommandParameterInfo parameter) => parameter.Aliases.Count == 0 ? "none" : string.Join(", ", parameter.Aliases);

    public static bool TakesWildcards(CommandParameterInfo parameter) => parameter.Attributes.OfType<SupportsWildcardsAttribute>().Any();

    public static IReadOnlyList<string> Values(CommandParameterInfo parameter) =>
        parameter.Attributes.OfType<ValidateSetAttribute>().FirstOrDefault() is { } set ? [.. set.ValidValues]
        : Underlying(parameter) is { IsEnum: true } type ? Enum.GetNames(type)
        : [];

    public static string TypeName(CommandParameterInfo parameter) => Underlying(parameter).Name;

    /// <summary>The value that a new cmdlet has, for what a person can read: no switches, no empty ones.</summary>
    public static string Default(CmdletInfo command, CommandParameterInfo parameter)
    {
        if (parameter.ParameterType == typeof(SwitchParameter))
        {
            return "False";
        }

        var cmdlet = Activator.CreateInstance(command.ImplementingType);
        return command.ImplementingType.GetProperty(parameter.Name)?.GetValue(cmdlet) switch
        {
            null => "None",
            TimeSpan time => $"{time.TotalSeconds.ToString(CultureInfo.InvariantCulture)} seconds",
            string text => text,
            IEnumerable values => string.Join(", ", values.Cast<object>()),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "None",
        };
    }

    private static Type Underlying(CommandParameterInfo parameter) => Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType;
}
