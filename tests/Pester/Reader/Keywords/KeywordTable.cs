using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;
using IoTF.Tests.Pester.Reader.Assertions;

namespace IoTF.Tests.Pester.Reader.Keywords;

/// <summary>The keywords the reader knows. Every other word of a test file is a command that must exist, or the test fails.</summary>
internal static class KeywordTable
{
    private static readonly (string Keyword, Type Cmdlet)[] Keywords =
    [
        ("Describe", typeof(BlockKeyword)),
        ("Context", typeof(BlockKeyword)),
        ("It", typeof(ItKeyword)),
        ("BeforeDiscovery", typeof(BeforeDiscoveryKeyword)),
        ("BeforeAll", typeof(BeforeAllKeyword)),
        ("AfterAll", typeof(AfterAllKeyword)),
        ("BeforeEach", typeof(BeforeEachKeyword)),
        ("AfterEach", typeof(AfterEachKeyword)),
        ("Should", typeof(ShouldKeyword)),
    ];

    public static void AddTo(InitialSessionState state)
    {
        foreach (var (keyword, cmdlet) in Keywords)
        {
            // The engine wants cmdlets to be named Verb-Noun, so the keywords are aliases.
            var declared = cmdlet.GetCustomAttribute<CmdletAttribute>()!;
            var name = $"{declared.VerbName}-{declared.NounName}";
            if (!state.Commands[name].Any())
            {
                state.Commands.Add(new SessionStateCmdletEntry(name, cmdlet, helpFileName: null));
            }

            state.Commands.Add(new SessionStateAliasEntry(keyword, name));
        }
    }
}
