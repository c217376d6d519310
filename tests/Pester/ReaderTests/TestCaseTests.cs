using IoTF.Tests.Pester.Results;
using Xunit;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace IoTF.Tests.Pester.ReaderTests;

public sealed class TestCaseTests
{
    [Fact]
    public void A_test_case_keeps_its_name_tags_and_skip_reason_on_its_way_between_processes()
    {
        var original = Case(number: 2, "A.B.is shown", "Marked with -Skip.", ["slow", "net"]);

        var copy = SerializationHelper.Deserialize<PesterTestCase>(SerializationHelper.Serialize(original));

        Assert.Equal("A.B.is shown", copy.DisplayName);
        Assert.Equal("Marked with -Skip.", copy.SkipReason);
        Assert.Equal(["slow", "net"], copy.Traits["Tag"]);
        Assert.Equal(original.UniqueID, copy.UniqueID);
        Assert.Equal(original.TestMethodArguments, copy.TestMethodArguments);
    }

    [Fact]
    public void Two_tests_of_the_same_name_are_two_test_cases() =>
        Assert.NotEqual(Case(number: 0, "A.same", skip: null, []).UniqueID, Case(number: 1, "A.same", skip: null, []).UniqueID);

    private static PesterTestCase Case(int number, string name, string? skip, string[] tags)
    {
        var type = typeof(PesterFileTests);
        var assembly = new TestAssembly(Reflector.Wrap(type.Assembly));
        var collection = new TestCollection(assembly, collectionDefinition: null, "files");
        var method = new TestMethod(new TestClass(collection, Reflector.Wrap(type)), Reflector.Wrap(type.GetMethod(nameof(PesterFileTests.Passes))!));
        return new PesterTestCase(new NullMessageSink(), method, "Some.Tests.ps1", number, name, skip, tags);
    }
}
