using IoTF.Tests.Pester.Reader.Model;
using Xunit;

namespace IoTF.Tests.Pester.ReaderTests;

public sealed class BrokenFileTests
{
    [Theory]
    [InlineData("Parse.ps1", "Missing closing '}'")]
    [InlineData("UnknownKeyword.ps1", "Remark")]
    [InlineData("UnknownParameter.ps1", "Pending")]
    [InlineData("TestOutside.ps1", "outside of every block")]
    [InlineData("TwoHooks.ps1", "second BeforeAll")]
    [InlineData("NoData.ps1", "-ForEach of 'one' is empty")]
    [InlineData("ThrowsAtDiscovery.ps1", "too early")]
    [InlineData("ExitsAtDiscovery.ps1", "left with exit")]
    public void A_file_that_cannot_be_read_is_an_error_that_says_why(string file, string reason)
    {
        var name = Path.Combine("Broken", file);

        Assert.Contains(reason, Fixture.Discover(name).Error, StringComparison.Ordinal);
        Assert.Contains(reason, Fixture.Run(name).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_test_that_leaves_with_exit_fails_with_all_that_follow()
    {
        var report = Fixture.Run("LeavesEarly.ps1");

        Assert.Equal([TestOutcome.Passed, TestOutcome.Failed, TestOutcome.Failed], report.Results.Select(result => result.Outcome));
        Assert.Contains("did not run to its end", report.Results[1].Message, StringComparison.Ordinal);
    }
}
