using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>Runs at once, while the file is read, in the scope it stands in.</summary>
[Cmdlet("Read", "BeforeDiscovery")]
public sealed class BeforeDiscoveryKeyword : Keyword
{
    /// <summary>The body.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock ScriptBlock { get; set; } = null!;

    private protected override void Note(Discovery discovery)
    {
        if (new ScriptScope(Engine).Run(ScriptBlock) is { } error)
        {
            ThrowTerminatingError(error);
        }
    }
}
