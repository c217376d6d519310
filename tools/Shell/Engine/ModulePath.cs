namespace IoTF.Shell.Engine;

/// <summary>
/// Keeps the modules of another PowerShell out of this process's <c>PSModulePath</c>: its own
/// <c>Microsoft.PowerShell.Utility</c> is bound to its own engine, and auto-loading it here ends in errors.
/// </summary>
public static class ModulePath
{
    private const string Variable = "PSModulePath";
    private const string EngineModule = "Microsoft.PowerShell.Utility";

    /// <summary>Removes the folders that hold another engine's modules; calling it again changes nothing more.</summary>
    public static void RemoveForeignEngines()
    {
        var folders = (Environment.GetEnvironmentVariable(Variable) ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var kept = folders.Where(folder => !HoldsEngineModules(folder));
        Environment.SetEnvironmentVariable(Variable, string.Join(Path.PathSeparator, kept));
    }

    private static bool HoldsEngineModules(string folder) => Directory.Exists(Path.Combine(folder, EngineModule));
}
