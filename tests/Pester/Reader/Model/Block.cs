using System.Management.Automation;

namespace IoTF.Tests.Pester.Reader.Model;

/// <summary>A Describe, a Context, or the file itself: hooks, and tests and blocks in the order they were written.</summary>
internal sealed class Block(string name, Block? parent, Data? data, BlockOptions options)
{
    private readonly Dictionary<Hook, ScriptBlock> _hooks = [];

    public string Name { get; } = name;

    public Block? Parent { get; } = parent;

    public Data? Data { get; } = data;

    public bool Skip { get; } = options.Skip || parent?.Skip == true;

    public IReadOnlyList<string> Tags { get; } = [.. parent?.Tags ?? [], .. options.Tags];

    /// <summary>Tests (<see cref="Test"/>) and blocks, in order.</summary>
    public List<object> Children { get; } = [];

    /// <summary>The outermost block first.</summary>
    public IEnumerable<Block> Path => Parent is null ? [this] : Parent.Path.Append(this);

    public IEnumerable<Test> AllTests => Children.SelectMany(child => child is Block block ? block.AllTests : [(Test)child]);

    public ScriptBlock? this[Hook hook] => _hooks.GetValueOrDefault(hook);

    public void Add(Hook hook, ScriptBlock body)
    {
        if (!_hooks.TryAdd(hook, body))
        {
            throw new InvalidOperationException($"This block has a second {hook}. Pester 6 allows one; put the code into the first.");
        }
    }

    /// <summary>The name of a child as results show it: <c>Describe.Context.It name</c>.</summary>
    public string FullNameOf(string child) =>
        string.Join('.', Path.Where(block => block.Parent is not null).Select(block => block.Name).Append(child));
}
