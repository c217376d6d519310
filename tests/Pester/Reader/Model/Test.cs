using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>One It with one item of its data, and what became of it.</summary>
internal sealed class Test(string name, Block block, Data? data, BlockOptions options, ScriptBlock body)
{
    public string FullName { get; } = block.FullNameOf(name);

    public Block Block { get; } = block;

    public Data? Data { get; } = data;

    public ScriptBlock Body { get; } = body;

    public bool Skip { get; } = options.Skip || block.Skip;

    public IReadOnlyList<string> Tags { get; } = [.. block.Tags, .. options.Tags];

    /// <summary>Whether it ran to its end, well or not.</summary>
    public bool Finished { get; set; }

    /// <summary>Why it failed; empty for a test that passed.</summary>
    public List<string> Failures { get; } = [];
}
