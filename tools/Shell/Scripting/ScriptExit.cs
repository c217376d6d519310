using System.Management.Automation.Runspaces;
using System.Reflection;

namespace IoTF.Shell.Scripting;

/// <summary>
/// Lets the <c>exit</c> of the next script file end the host, as in <c>pwsh -File</c>. Left alone, the engine turns it into
/// <c>$LASTEXITCODE</c>, where it cannot be told from the exit code of a native command that the script ran.
/// </summary>
internal static class ScriptExit
{
    // pwsh's own console host sets this internal property of the engine; there is no public one. The engine's version is
    // pinned in Directory.Packages.props, and the tests of the exit codes notice when a newer one does without it.
    private const BindingFlags NonPublic = BindingFlags.Instance | BindingFlags.NonPublic;

    internal static void ReachesHost(Runspace runspace)
    {
        var context = Property(typeof(Runspace), runspace, "ExecutionContext").GetValue(runspace)!;
        Property(context.GetType(), context, "ScriptCommandProcessorShouldRethrowExit").SetValue(context, value: true);
    }

    private static PropertyInfo Property(Type type, object owner, string name) =>
        type.GetProperty(name, NonPublic) ?? owner.GetType().GetProperty(name, NonPublic)
        ?? throw new NotSupportedException(
            $"This version of System.Management.Automation has no {type.Name}.{name}. Use the version that Directory.Packages.props names.");
}
