using IoTF.Tests.Pester.Reader.Model;
using Xunit;

namespace IoTF.Tests.Pester.ReaderTests;

public sealed class HookTests
{
    [Fact]
    public void Hooks_run_in_Pesters_order_and_a_failing_test_does_not_disturb_it()
    {
        var message = Fixture.Run("Hooks.ps1").Test("A.B.two").Message;

        Assert.Contains("two fails", message, StringComparison.Ordinal);
        Assert.Contains(
            "ORDER: file+ A+ each+ a+ 1 a-1 each- B+ each+ a+ b+ 2 b- a- each- B- each+ a+ 3 a- each- A- each+ 8 each- file-\n",
            message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Skipped_tests_and_blocks_are_reported_as_skipped_and_never_run()
    {
        var report = Fixture.Run("Hooks.ps1");

        Assert.Equal(
            ["All skipped.four", "Skipped.five", "Skipped.inside.six", "Half skipped.seven"],
            report.Results.Where(result => result.Outcome == TestOutcome.Skipped).Select(result => result.FullName));
        Assert.Equal(TestOutcome.Passed, report.Test("Half skipped.eight").Outcome);
    }

    [Fact]
    public void Tags_are_reported() =>
        Assert.Equal(["slow", "net"], Fixture.Discover("Hooks.ps1").Test("Half skipped.eight").Tags);

    [Theory]
    [InlineData("BeforeAll.one", "BeforeAll failed: RuntimeException: no server")]
    [InlineData("BeforeAll.inside.two", "BeforeAll failed: RuntimeException: no server")]
    [InlineData("BeforeAll.one", "cleaned up all the same")]
    [InlineData("BeforeEach.three", "BeforeEach failed: RuntimeException: no device")]
    [InlineData("BeforeEach.three", "cleaned up each")]
    [InlineData("AfterEach.four", "AfterEach failed: RuntimeException: cannot clean up")]
    [InlineData("AfterEach.four", "'no-such-module' was not loaded")]
    [InlineData("AfterAll.six", "AfterAll failed: RuntimeException: cannot stop")]
    public void A_failing_hook_fails_its_tests_and_says_why(string test, string reason)
    {
        var result = Fixture.Run("FailingHooks.ps1").Test(test);

        Assert.Equal(TestOutcome.Failed, result.Outcome);
        Assert.Contains(reason, result.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not reached", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_failing_hook_fails_no_other_test()
    {
        var report = Fixture.Run("FailingHooks.ps1");

        Assert.Equal(TestOutcome.Skipped, report.Test("BeforeAll.skipped").Outcome);
        Assert.Equal(TestOutcome.Passed, report.Test("AfterAll.five").Outcome);
        Assert.Equal(TestOutcome.Passed, report.Test("After them.seven").Outcome);
    }
}
