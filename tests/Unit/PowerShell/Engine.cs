using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace IoTF.Tests.Unit.PowerShell;

/// <summary>A runspace of the real PowerShell engine, for what only a script can make.</summary>
public sealed class Engine : IDisposable
{
    public Engine()
    {
        Runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        Runspace.Open();
    }

    public Runspace Runspace { get; }

    /// <summary>Runs a script; an error that it writes or throws fails the test.</summary>
    public object?[] Run(string script, params object?[] arguments)
    {
        using var shell = System.Management.Automation.PowerShell.Create(Runspace);
        shell.AddScript(script);
        foreach (var argument in arguments)
        {
            shell.AddArgument(argument);
        }

        var output = shell.Invoke();
        if (shell.Streams.Error.Count > 0)
        {
            throw new InvalidOperationException(shell.Streams.Error[0].ToString(), shell.Streams.Error[0].Exception);
        }

        return [.. output];
    }

    /// <summary>Runs something as a cmdlet does: on a thread whose default runspace is this one.</summary>
    public T Within<T>(Func<T> work)
    {
        var before = Runspace.DefaultRunspace;
        Runspace.DefaultRunspace = Runspace;
        try
        {
            return work();
        }
        finally
        {
            Runspace.DefaultRunspace = before;
        }
    }

    public void Dispose() => Runspace.Dispose();
}
