using System.Management.Automation;

namespace IoTF.Loader;

/// <summary>Which copy of the module this process has loaded. There can be one only: .NET loads an assembly once per process.</summary>
internal static class LoadedCopy
{
    /// <summary>Where every copy of every version looks, so neither the name nor the form of the value may ever change: folder, then version.</summary>
    private const string Slot = "IoTF.LoadedCopy";

    private static readonly StringComparison OfPaths = OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>Says that the process has loaded this copy.</summary>
    /// <exception cref="RuntimeException">It has loaded another one.</exception>
    internal static void Claim(PSModuleInfo module)
    {
        if (AppDomain.CurrentDomain.GetData(Slot) is not string[] { Length: >= 2 } loaded)
        {
            AppDomain.CurrentDomain.SetData(Slot, new[] { module.ModuleBase, module.Version.ToString() });
        }
        else if (!string.Equals(loaded[0], module.ModuleBase, OfPaths))
        {
            throw Refusal(loaded[0], loaded[1], module);
        }
    }

    private static RuntimeException Refusal(string folder, string version, PSModuleInfo module)
    {
        var message =
            $"IoTF {module.Version} in {module.ModuleBase} was not imported: this process has loaded IoTF {version} from {folder}, and a process can load one copy only. " +
            $"To use the one in {module.ModuleBase}, start a new PowerShell. To use the loaded one here, type: Import-Module '{Path.Combine(folder, "IoTF.psd1")}'";
        var error = new ErrorRecord(new InvalidOperationException(message), LoaderErrorId.OtherCopyLoaded, ErrorCategory.ResourceExists, module.ModuleBase);
        return new RuntimeException(message, error.Exception, error);
    }
}
