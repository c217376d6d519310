using System.Reflection;
using System.Text.RegularExpressions;
using IoTF.Client.Faults;
using IoTF.Emulator;
using IoTF.Loader;
using IoTF.PowerShell.Errors;
using IoTF.Protocol.Rules;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>Holds that about_IoTF_Errors knows the errors of the code, all of them and no others.</summary>
public sealed partial class ErrorTopicTests
{
    private static readonly string[] Documented =
    [
        .. Row().Matches(File.ReadAllText(Checkout.File("docs/en-US/about_IoTF_Errors.md"))).Select(static row => row.Groups["id"].Value),
    ];

    private static readonly Assembly[] Assemblies =
        [typeof(ErrorIds).Assembly, typeof(FaultIds).Assembly, typeof(EmulatorErrorId).Assembly, typeof(RuleId).Assembly, typeof(LoaderErrorId).Assembly];

    [Fact]
    public void Every_stable_error_id_is_explained_and_none_that_does_not_exist()
    {
        var ids = IdLists().SelectMany(Ids).Distinct().Order(StringComparer.Ordinal);

        Assert.Equal(ids, Documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_lists_of_ids_are_found_by_their_names() =>
        Assert.Superset(
            new HashSet<string> { "ErrorIds", "FaultIds", "RuleId", "EmulatorErrorId", "ConnectRefusalId", "LoaderErrorId" },
            IdLists().Select(static type => type.Name).ToHashSet());

    private static IEnumerable<Type> IdLists() => Assemblies
        .SelectMany(static assembly => assembly.GetExportedTypes())
        .Where(static type => type is { IsAbstract: true, IsSealed: true } && ListName().IsMatch(type.Name) && Ids(type).Any());

    private static IEnumerable<string> Ids(Type list) => list
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(static field => field.IsLiteral && field.FieldType == typeof(string))
        .Select(static field => (string)field.GetRawConstantValue()!);

    [GeneratedRegex("Ids?$")]
    private static partial Regex ListName();

    [GeneratedRegex(@"^\| `(?<id>\w+)` \| [^|]+\. \| [^|]+\. \|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
