using System.Runtime.Versioning;
using IoTF.Client.Sessions;
using Xunit;

namespace IoTF.Tests.Unit;

public sealed class RuntimeTests
{
    [Fact]
    public void The_tests_run_on_the_runtime_of_PowerShell_7_4() => Assert.Equal(8, Environment.Version.Major);

    [Fact]
    public void What_is_tested_is_what_is_shipped()
    {
        var target = typeof(Session).Assembly.GetCustomAttributes(typeof(TargetFrameworkAttribute), inherit: false);
        Assert.Equal(".NETCoreApp,Version=v8.0", Assert.IsType<TargetFrameworkAttribute>(Assert.Single(target)).FrameworkName);
    }
}
