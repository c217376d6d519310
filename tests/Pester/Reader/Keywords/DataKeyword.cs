using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>A keyword with a name and a body that may stand for several, one for each item of data.</summary>
public abstract class DataKeyword : Keyword
{
    /// <summary>The name; <c>&lt;expression&gt;</c> stands for a value of the data.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public string Name { get; set; } = string.Empty;

    /// <summary>Words to select tests by.</summary>
    [Parameter]
    [Alias("Tags")]
    public string[] Tag { get; set; } = [];

    /// <summary>Do not run it.</summary>
    [Parameter]
    public SwitchParameter Skip { get; set; }

    private protected BlockOptions Options => new(Skip, Tag);

    // null: without data; otherwise one for each item.
    private protected IEnumerable<Data?> Items(string parameter, object?[]? items)
    {
        if (!MyInvocation.BoundParameters.ContainsKey(parameter))
        {
            return [null];
        }

        return items is { Length: > 0 }
            ? items.Select(item => new Data(item))
            : throw new InvalidOperationException($"-{parameter} of '{Name}' is empty, so nothing would be tested. Give it data, in a BeforeDiscovery if it is computed.");
    }
}
