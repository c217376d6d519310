using System.Management.Automation;
using IoTF.Tests.Pester.Reader.Model;

namespace IoTF.Tests.Pester.Reader.Running;

/// <summary>The second phase: runs the tests of a block with its hooks, in Pester's order and scopes.</summary>
internal sealed class Execution(ScriptScope scope, TestDrive drive, Func<ErrorRecord, string> describe)
{
    public void Run(Block block)
    {
        if (block.AllTests.All(test => test.Skip))
        {
            return;
        }

        using var contents = drive.EnterBlock();
        scope.Enter(() =>
        {
            scope.Set(block.Data);
            if (RunHook(block, Hook.BeforeAll) is { } failure)
            {
                Fail(block.AllTests.Where(test => !test.Skip), failure);
            }
            else
            {
                RunChildren(block);
            }

            if (RunHook(block, Hook.AfterAll) is { } cleanUpFailure)
            {
                Fail(block.AllTests.Where(test => !test.Skip).TakeLast(1), cleanUpFailure);
            }
        });
    }

    private static void Fail(IEnumerable<Test> tests, string failure)
    {
        foreach (var test in tests)
        {
            test.Failures.Add(failure);
            test.Finished = true;
        }
    }

    private void RunChildren(Block block)
    {
        foreach (var child in block.Children)
        {
            if (child is Block inner)
            {
                Run(inner);
            }
            else if (child is Test { Skip: false } test)
            {
                scope.Enter(() => RunInScope(test));
            }
        }
    }

    private void RunInScope(Test test)
    {
        scope.Set(test.Data);
        var blocks = test.Block.Path.ToList();
        var setUp = blocks.Select(block => RunHook(block, Hook.BeforeEach)).FirstOrDefault(failure => failure is not null);
        if (setUp is not null)
        {
            test.Failures.Add(setUp);
        }
        else if (scope.Run(test.Body) is { } error)
        {
            test.Failures.Add(describe(error));
        }

        foreach (var block in Enumerable.Reverse(blocks))
        {
            if (RunHook(block, Hook.AfterEach) is { } failure)
            {
                test.Failures.Add(failure);
            }
        }

        test.Finished = true;
    }

    private string? RunHook(Block block, Hook hook) =>
        block[hook] is { } body && scope.Run(body) is { } error ? $"{hook} failed: {describe(error)}" : null;
}
