using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.Shell.Scripting;

/// <summary>Renders objects as a console would show them, with the views of the modules loaded in a runspace.</summary>
public static class ObjectRendering
{
    /// <summary>
    /// Runs <c>Out-Default</c> in the runspace. The text goes to the runspace's host, so a capturing user interface holds it
    /// afterwards.
    /// </summary>
    /// <param name="runspace">An open, idle runspace.</param>
    /// <param name="objects">The objects.</param>
    public static void Show(Runspace runspace, IEnumerable objects)
    {
        using var shell = PowerShell.Create(runspace);
        shell.AddCommand("Out-Default").Invoke(objects);
    }
}
