using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>
/// Runs script blocks in scopes that are nested like the blocks of a test file: what a hook sets is visible to the tests below
/// it, and gone after the block.
/// </summary>
internal sealed class ScriptScope(EngineIntrinsics engine)
{
    private readonly ScriptBlock _enter = engine.InvokeCommand.NewScriptBlock("$args[0].Invoke()");

    // The loop takes up a stray break or continue, which would otherwise leave the loops of whoever runs the tests.
    private readonly ScriptBlock _run = engine.InvokeCommand.NewScriptBlock(
        """
        param($______body, $______error)
        try { do { $null = . $______body } until ($true) } catch { $______error.Invoke($_) }
        """);

    /// <summary>Runs the action in a new scope below the current one.</summary>
    public void Enter(Action action) => engine.InvokeCommand.InvokeScript(useLocalScope: true, _enter, input: null, action);

    /// <summary>Runs a script block in the current scope, as if dot-sourced; its output is dropped.</summary>
    /// <returns>The error that ended it, or null.</returns>
    public ErrorRecord? Run(ScriptBlock body)
    {
        ErrorRecord? caught = null;
        engine.InvokeCommand.InvokeScript(useLocalScope: false, _run, input: null, body, new Action<ErrorRecord>(error => caught = error));
        return caught;
    }

    /// <summary>Sets the variables of an item of data in the current scope.</summary>
    public void Set(Model.Data? data)
    {
        foreach (var (name, value) in data is null ? [] : DataVariables.Of(data))
        {
            engine.SessionState.PSVariable.Set(new PSVariable(name, value));
        }
    }
}
