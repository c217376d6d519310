using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>One test, or one for each item of data.</summary>
[Cmdlet("Read", "It")]
public sealed class ItKeyword : DataKeyword
{
    /// <summary>The body.</summary>
    [Parameter(Mandatory = true, Position = 1)]
    public ScriptBlock Test { get; set; } = null!;

    /// <summary>Once for each of these.</summary>
    [Parameter]
    [Alias("TestCases")]
    [AllowNull]
    [AllowEmptyCollection]
    public object?[]? ForEach { get; set; }

    private protected override void Note(Discovery discovery)
    {
        var block = discovery.Current.Parent is not null
            ? discovery.Current
            : throw new InvalidOperationException($"The test '{Name}' stands outside of every block. Put it into a Describe.");
        foreach (var data in Items(nameof(ForEach), ForEach))
        {
            block.Children.Add(new Test(NameTemplate.Expand(Name, data, Engine), block, data, Options, Test));
        }
    }
}
