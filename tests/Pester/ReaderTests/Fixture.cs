using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;
using IoTF.Tests.Pester.Results;

namespace IoTF.Tests.Pester.ReaderTests;

internal static class Fixture
{
    public static TestFileReport Discover(string name) => TestFile.Discover(PathOf(name));

    public static TestFileReport Run(string name) => TestFile.Run(PathOf(name));

    public static TestResult Test(this TestFileReport report, string fullName) =>
        report.Results.Single(result => result.FullName == fullName);

    public static string PathOf(string name) => TestFiles.FullPath(Path.Combine("Reader", "Fixtures", name));
}
