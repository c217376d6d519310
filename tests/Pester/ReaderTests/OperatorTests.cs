using IoTF.Tests.Pester.Reader.Model;
using Xunit;

namespace IoTF.Tests.Pester.ReaderTests;

public sealed class OperatorTests
{
    private static readonly Lazy<TestFileReport> Report = new(() => Fixture.Run("Operators.ps1"));

    public static TheoryData<string> Names() => [.. Fixture.Discover("Operators.ps1").Results.Select(result => result.FullName)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_test_of_an_operator_ends_as_its_name_says(string fullName)
    {
        var result = Report.Value.Test(fullName);
        var name = fullName[(fullName.IndexOf('.', StringComparison.Ordinal) + 1)..];
        if (name.StartsWith("holds", StringComparison.Ordinal))
        {
            Assert.Equal(string.Empty, result.Message);
            Assert.Equal(TestOutcome.Passed, result.Outcome);
            return;
        }

        Assert.StartsWith("fails", name, StringComparison.Ordinal);
        Assert.Equal(TestOutcome.Failed, result.Outcome);
        if (name.Split(" => ") is [_, var expected])
        {
            Assert.Contains(expected, result.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void The_fixture_tries_every_operator_in_both_directions()
    {
        var text = File.ReadAllText(Fixture.PathOf("Operators.ps1"));
        var operators = typeof(Reader.Assertions.ShouldKeyword).GetProperties()
            .Where(property => property.GetCustomAttributes(typeof(System.Management.Automation.ParameterAttribute), inherit: false)
                .Cast<System.Management.Automation.ParameterAttribute>()
                .Any(parameter => parameter.Mandatory && parameter.ParameterSetName == property.Name))
            .Select(property => property.Name).ToList();

        Assert.Equal(20, operators.Count);
        Assert.All(operators, name =>
        {
            Assert.Matches($@"It 'holds[^\n]*Should (-Not )?-{name}\b|It 'holds[^\n]*-ActualValue [^\n]*-{name}\b", text);
            Assert.Matches($@"It 'fails[^\n]*Should (-Not )?-{name}\b", text);
        });
    }

    [Fact]
    public void A_failure_names_the_line_of_the_script()
    {
        var message = Report.Value.Test("Errors.fails: exactly here => Operators.ps1").Message;

        Assert.Contains("5 | Should -Be 6", message, StringComparison.Ordinal);
        Assert.Matches(@"Operators\.ps1:\d+", message);
    }
}
