using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Runtime.CompilerServices;
using IoTF.Tests.Pester.Reader.Model;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>
/// The first phase: the file runs once, the keywords note what it holds, and no body of a test or hook is run. There is one for
/// each runspace, which is how the keywords find it.
/// </summary>
internal sealed class Discovery
{
    private static readonly ConditionalWeakTable<Runspace, Discovery> OfRunspace = [];
    private bool _open = true;

    private Discovery()
    {
        File = new Block(string.Empty, parent: null, data: null, new BlockOptions(Skip: false, []));
        Current = File;
    }

    public Block File { get; }

    public Block Current { get; private set; }

    public static Discovery Start(Runspace runspace)
    {
        var discovery = new Discovery();
        OfRunspace.Add(runspace, discovery);
        return discovery;
    }

    /// <summary>The discovery that is under way here.</summary>
    /// <exception cref="InvalidOperationException">None is: the keyword stands inside a test or a hook.</exception>
    public static Discovery Here(string keyword) =>
        Runspace.DefaultRunspace is { } here && OfRunspace.TryGetValue(here, out var discovery) && discovery._open
            ? discovery
            : throw new InvalidOperationException($"{keyword} cannot stand inside an It or a hook. Move it out, into the Describe or Context.");

    /// <summary>Notes what a block's body holds.</summary>
    public ErrorRecord? Read(Block block, ScriptScope scope, ScriptBlock body)
    {
        ErrorRecord? error = null;
        Current.Children.Add(block);
        Current = block;
        scope.Enter(() =>
        {
            scope.Set(block.Data);
            error = scope.Run(body);
        });
        Current = block.Parent!;
        return error;
    }

    /// <summary>Ends the phase.</summary>
    public void Close() => _open = false;
}
