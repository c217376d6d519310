using IoTF.Tests.Pester.Reader.Model;
using Xunit;

namespace IoTF.Tests.Pester.ReaderTests;

public sealed class ScopingTests
{
    private static readonly Lazy<TestFileReport> Report = new(() => Fixture.Run("Scoping.ps1"));

    public static TheoryData<string> Names() => [.. Fixture.Discover("Scoping.ps1").Results.Select(result => result.FullName)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Scopes_are_those_of_Pester(string fullName)
    {
        var result = Report.Value.Test(fullName);

        Assert.Equal(string.Empty, result.Message);
        Assert.Equal(TestOutcome.Passed, result.Outcome);
    }

    [Fact]
    public void Each_item_of_data_is_a_test_with_its_values_in_the_name()
    {
        var names = Fixture.Discover("Scoping.ps1").Results.Select(result => result.FullName)
            .Where(name => name.StartsWith("Data.", StringComparison.Ordinal));

        Assert.Equal(
            [
                "Data.has the word one",
                "Data.has the word two",
                "Data.has the number 1",
                "Data.has the number 2",
                "Data.has the length 2 of ab",
                "Data.keeps <this> and <laterVariable>",
                "Data.takes one hashtable for k",
                "Data.sees the item in BeforeEach of 7",
                "Data.Block a.sees a",
                "Data.Block a.has 1",
                "Data.Block a.has 2",
                "Data.Block a.deeper.still sees it",
                "Data.Block b.sees b",
                "Data.Block b.has 3",
                "Data.Block b.deeper.still sees it",
            ],
            names);
    }
}
