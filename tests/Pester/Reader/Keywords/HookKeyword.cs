using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;
using IoTF.Tests.Pester.Reader.Running;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>Set-up or clean-up of the block it stands in.</summary>
public abstract class HookKeyword : Keyword
{
    /// <summary>The body.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    public ScriptBlock Scriptblock { get; set; } = null!;

    private protected abstract Hook Hook { get; }

    private protected override void Note(Discovery discovery) => discovery.Current.Add(Hook, Scriptblock);
}

/// <summary>Runs once, before the tests of its block.</summary>
[Cmdlet("Read", "BeforeAll")]
public sealed class BeforeAllKeyword : HookKeyword
{
    private protected override Hook Hook => Hook.BeforeAll;
}

/// <summary>Runs once, after the tests of its block.</summary>
[Cmdlet("Read", "AfterAll")]
public sealed class AfterAllKeyword : HookKeyword
{
    private protected override Hook Hook => Hook.AfterAll;
}

/// <summary>Runs before each test of its block and those inside, in the test's scope.</summary>
[Cmdlet("Read", "BeforeEach")]
public sealed class BeforeEachKeyword : HookKeyword
{
    private protected override Hook Hook => Hook.BeforeEach;
}

/// <summary>Runs after each test of its block and those inside, in the test's scope.</summary>
[Cmdlet("Read", "AfterEach")]
public sealed class AfterEachKeyword : HookKeyword
{
    private protected override Hook Hook => Hook.AfterEach;
}
