using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>A keyword that says what a test file holds.</summary>
public abstract class Keyword : PSCmdlet
{
    /// <inheritdoc/>
    protected sealed override void EndProcessing()
    {
        try
        {
            Note(Discovery.Here(MyInvocation.InvocationName));
        }
        catch (InvalidOperationException error)
        {
            ThrowTerminatingError(new ErrorRecord(error, "TestFileInvalid", ErrorCategory.InvalidOperation, MyInvocation.InvocationName));
        }
    }

    private protected abstract void Note(Discovery discovery);

    private protected EngineIntrinsics Engine =>
        (EngineIntrinsics)SessionState.PSVariable.GetValue("ExecutionContext");
}
