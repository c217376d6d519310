using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>Describe and Context, which differ in name only.</summary>
[Cmdlet("Read", "Block")]
public sealed class BlockKeyword : DataKeyword
{
    /// <summary>What it holds.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock Fixture { get; set; } = null!;

    /// <summary>Once for each of these.</summary>
    [Parameter]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? ForEach { get; set; }

    private protected override void Note(Discovery discovery)
    {
        var scope = new ScriptScope(Engine);
        foreach (var data in Items(nameof(ForEach), ForEach))
        {
            var block = new Block(NameTemplate.Expand(Name, data, Engine), discovery.Current, data, Options);
            if (discovery.Read(block, scope, Fixture) is { } error)
            {
                ThrowTerminatingError(error);
            }
        }
    }
}
