using Xunit;
using Xunit.Sdk;

namespace IoTF.Tests.Pester.Results;

/// <summary>A method that stands for all tests of the <c>*.Tests.ps1</c> files; each It becomes a test case.</summary>
[XunitTestCaseDiscoverer("IoTF.Tests.Pester.Results.PesterTestDiscoverer", "IoTF.Tests.Pester")]
[AttributeUsage(AttributeTargets.Method)]
public sealed class PesterTestsAttribute : FactAttribute;
