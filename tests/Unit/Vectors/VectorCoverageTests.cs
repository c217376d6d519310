using System.Reflection;
using Xunit;
using Xunit.Sdk;

namespace IoTF.Tests.Unit.Vectors;

/// <summary>Every number of protocol.md §11 has a test that carries it, or a reason why not.</summary>
public sealed class VectorCoverageTests
{
    /// <summary>The tables, by their letter: C1 to C23, T1 to T34, E1 to E17, M1 to M10, X1 to X18.</summary>
    private static readonly (char Letter, int Count)[] Tables = [('C', 23), ('T', 34), ('E', 17), ('M', 10), ('X', 18)];

    /// <summary>Numbers without a test, and why.</summary>
    private static readonly Dictionary<string, string> Reasons = new()
    {
        ["M8"] = "It takes a broker that sends it: tests/Interop, StatusTests.",
        ["X8"] = "There is no last event cache.",
        ["X10"] = "There is no HTTP messaging.",
        ["X11"] = "There is no device management.",
        ["X12"] = "There is no device management.",
        ["X15"] = "The emulator takes no client certificates.",
    };

    public static TheoryData<string> Numbers => [.. All];

    private static IEnumerable<string> All => Tables.SelectMany(table => Enumerable.Range(1, table.Count).Select(number => $"{table.Letter}{number}"));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Every_vector_has_a_test_or_a_reason_why_not(string number)
    {
        var tests = Carriers().Where(carrier => carrier.Attribute.Numbers.Contains(number)).Select(carrier => carrier.Method.Name).ToArray();
        Assert.True(
            tests.Length > 0 != Reasons.ContainsKey(number),
            tests.Length > 0 ? $"{number} has tests ({string.Join(", ", tests)}), so its reason can go." : $"{number} has neither a test nor a reason.");
    }

    [Fact]
    public void No_test_carries_a_number_that_is_in_no_table() =>
        Assert.Empty(Carriers().SelectMany(carrier => carrier.Attribute.Numbers).Concat(Reasons.Keys).Except(All));

    [Fact]
    public void A_test_that_takes_vectors_from_rows_carries_the_numbers_of_its_rows() => Assert.All(Carriers(), carrier =>
    {
        if (carrier.Method.GetParameters() is [{ Name: "vector" }, ..])
        {
            var rows = carrier.Method.GetCustomAttributes<DataAttribute>().SelectMany(data => data.GetData(carrier.Method)!).Select(row => (string)row[0]);
            Assert.Equal(carrier.Attribute.Numbers.Order(StringComparer.Ordinal), rows.Distinct().Order(StringComparer.Ordinal));
        }
    });

    private static IEnumerable<(MethodInfo Method, VectorAttribute Attribute)> Carriers() =>
        from type in typeof(VectorCoverageTests).Assembly.GetTypes()
        where !type.IsAbstract
        from method in type.GetMethods()
        let attribute = method.GetCustomAttribute<VectorAttribute>()
        where attribute is not null && method.IsDefined(typeof(FactAttribute), inherit: true)
        select (method, attribute);
}
