using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace IoTF.Tests;

/// <summary>The environment of the test process: without the <c>WIOTP_</c> variables of whoever runs it, which would connect in place of what a test leaves out.</summary>
internal static class TestEnvironment
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255", Justification = "It has to come before the first test, of whichever class.")]
    internal static void Prepare()
    {
        foreach (string name in Environment.GetEnvironmentVariables().Keys)
        {
            if (name.StartsWith("WIOTP_", StringComparison.Ordinal))
            {
                Environment.SetEnvironmentVariable(name, value: null);
            }
        }

        // Inherited by the PowerShell that a test starts: it asks nobody for a newer one, and reports nothing.
        Environment.SetEnvironmentVariable("POWERSHELL_UPDATECHECK", "Off");
        Environment.SetEnvironmentVariable("POWERSHELL_TELEMETRY_OPTOUT", "1");
    }
}
