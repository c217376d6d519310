using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace IoTF.Tests.Pester.Results;

/// <summary>Finds the tests of all files by running their discovery phase.</summary>
/// <param name="messages">Takes what is said about the discovery itself.</param>
public sealed class PesterTestDiscoverer(IMessageSink messages) : IXunitTestCaseDiscoverer
{
    /// <inheritdoc/>
    public IEnumerable<IXunitTestCase> Discover(ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        TestFiles.All.SelectMany(file => Cases(testMethod, file));

    private IEnumerable<IXunitTestCase> Cases(ITestMethod method, string file)
    {
        var report = TestFile.Discover(TestFiles.FullPath(file));
        if (report.Error is not null)
        {
            yield return new PesterTestCase(messages, method, file, PesterTestCase.WholeFile, $"{file} can be read", skip: null, []);
        }

        for (var index = 0; index < report.Results.Count; index++)
        {
            var test = report.Results[index];
            var skip = test.Outcome == TestOutcome.Skipped ? "Marked with -Skip." : null;
            yield return new PesterTestCase(messages, method, file, index, test.FullName, skip, [.. test.Tags]);
        }
    }
}
