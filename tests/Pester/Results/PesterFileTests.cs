using IoTF.Tests.Pester.Reader.Model;
using Xunit;

namespace IoTF.Tests.Pester.Results;

/// <summary>Reports what became of each It.</summary>
public sealed class PesterFileTests
{
    /// <summary>Runs the file, if no test of it was asked for before, and looks the test up.</summary>
    /// <param name="file">The file.</param>
    /// <param name="number">The number of the test in it.</param>
    /// <param name="name">The name the test had when the file was read.</param>
    [PesterTests]
    public void Passes(string file, int number, string name)
    {
        var report = TestFiles.Run(file);
        if (report.Error is not null)
        {
            Assert.Fail($"{report.Path} could not be read or run:\n{report.Error}");
        }

        if (number < 0 || number >= report.Results.Count || report.Results[number].FullName != name)
        {
            Assert.Fail($"{report.Path} no longer holds '{name}' as test {number}: its discovery differs from one time to the next.");
        }

        var result = report.Results[number];
        if (result.Outcome != TestOutcome.Passed)
        {
            Assert.Fail(result.Message);
        }
    }
}
