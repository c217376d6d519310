using Xunit;

namespace IoTF.Tests.Unit;

/// <summary>A test of what only Windows does.</summary>
public sealed class WindowsFactAttribute : FactAttribute
{
    public WindowsFactAttribute()
    {
        if (!OperatingSystem.IsWindows())
        {
            Skip = "On purpose: only Windows does this.";
        }
    }
}

/// <summary>A test of what Windows does not do.</summary>
public sealed class UnixFactAttribute : FactAttribute
{
    public UnixFactAttribute()
    {
        if (OperatingSystem.IsWindows())
        {
            Skip = "On purpose: Windows does not do this.";
        }
    }
}

/// <summary>A test of what only Linux does.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "On purpose: only Linux does this.";
        }
    }
}
