using System.Management.Automation;

namespace IoTF.Bench.EmptyModule;

/// <summary>A compiled cmdlet with the parameters of <c>Send-IoTFEvent</c> that does nothing.</summary>
[Cmdlet(VerbsCommunications.Send, "Nothing")]
public sealed class SendNothingCommand : SendCommandBase
{
    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
    }
}
