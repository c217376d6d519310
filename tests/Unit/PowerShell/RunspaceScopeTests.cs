using System.Management.Automation.Runspaces;
using IoTF.PowerShell.Loading;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class RunspaceScopeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static TheoryData<string, Action<Engine>> Ends => new()
    {
        { "Close", static engine => engine.Runspace.Close() },
        { "Dispose", static engine => engine.Runspace.Dispose() },
        { "CloseAsync", static engine => engine.Runspace.CloseAsync() },
        { "Remove-Module", static engine => RemoveModule(engine) },
        { "Close, then Dispose", static engine => CloseAndDispose(engine) },
        { "Remove-Module, then Close", static engine => RemoveModuleAndClose(engine) },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task What_a_runspace_owns_ends_once_when_it_ends(string how, Action<Engine> end)
    {
        using var engine = new Engine();
        var resource = new Resource();
        Assert.Same(resource, RunspaceScope.For(engine.Runspace).Get(EndOrder.Connections, () => resource));

        end(engine);
        await resource.Ended.WaitAsync(Patience);
        engine.Dispose();

        Assert.True(resource.Ends == 1, $"{how}: ended {resource.Ends} times.");
    }

    [Fact]
    public void Closing_waits_for_the_end()
    {
        using var engine = new Engine();
        var resource = new Resource();
        RunspaceScope.For(engine.Runspace).Get(EndOrder.Connections, () => resource);
        engine.Runspace.Close();
        Assert.True(resource.Ended.IsCompleted);
    }

    [Fact]
    public void Connections_end_before_services_and_a_failure_holds_nobody_up()
    {
        using var engine = new Engine();
        var order = new List<string>();
        var scope = RunspaceScope.For(engine.Runspace);
        scope.Get(EndOrder.Services, () => new Resource(() => order.Add("service")));
        scope.Get(EndOrder.Connections, static () => new Unreliable());
        scope.Get(EndOrder.Connections, () => new Other(() => order.Add("connection")));
        engine.Runspace.Close();
        Assert.Equal(["connection", "service"], order);
    }

    [Fact]
    public void Runspaces_do_not_share()
    {
        using var one = new Engine();
        using var other = new Engine();
        var mine = new Resource();
        var yours = new Resource();
        var first = RunspaceScope.For(one.Runspace).Get(EndOrder.Connections, () => mine);
        Assert.Same(mine, first);
        Assert.Same(mine, RunspaceScope.For(one.Runspace).Get(EndOrder.Connections, static () => new Resource()));
        Assert.Same(yours, RunspaceScope.For(other.Runspace).Get(EndOrder.Connections, () => yours));

        one.Runspace.Close();
        Assert.Equal(1, mine.Ends);
        Assert.Equal(0, yours.Ends);
    }

    [Fact]
    public void A_scope_that_has_ended_takes_nothing()
    {
        using var engine = new Engine();
        var scope = RunspaceScope.For(engine.Runspace);
        engine.Runspace.Close();
        Assert.Throws<ObjectDisposedException>(() => scope.Get(EndOrder.Connections, static () => new Resource()));
    }

    [Fact]
    public void After_the_module_was_removed_the_runspace_can_begin_again()
    {
        using var engine = new Engine();
        RemoveModule(engine);
        var resource = new Resource();
        RunspaceScope.For(engine.Runspace).Get(EndOrder.Connections, () => resource);
        engine.Runspace.Close();
        Assert.Equal(1, resource.Ends);
    }

    [Fact]
    public void The_runspaces_of_a_parallel_loop_have_an_end_of_their_own()
    {
        using var engine = new Engine();
        var resources = new System.Collections.Concurrent.ConcurrentBag<Resource>();
        Action own = () => RunspaceScope.For(Runspace.DefaultRunspace).Get(EndOrder.Connections, () =>
        {
            var resource = new Resource();
            resources.Add(resource);
            return resource;
        });

        // -UseNewRunspace: a loop gives the runspace of one iteration to the next, and its scope with it.
        engine.Run("param($own) 1..3 | ForEach-Object -Parallel { ($using:own).Invoke() } -ThrottleLimit 2 -UseNewRunspace", own);
        Assert.Equal(3, resources.Count);
        Assert.All(resources, static resource => Assert.Equal(1, resource.Ends));
    }

    private static void RemoveModule(Engine engine) => engine.Run(
        "param($assembly) $module = Import-Module -Assembly $assembly -PassThru; Remove-Module -ModuleInfo $module",
        typeof(ModuleLifetime).Assembly);

    private static void CloseAndDispose(Engine engine)
    {
        engine.Runspace.Close();
        engine.Runspace.Dispose();
    }

    private static void RemoveModuleAndClose(Engine engine)
    {
        RemoveModule(engine);
        engine.Runspace.Close();
    }

    private sealed class Unreliable : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => throw new InvalidOperationException("broken");
    }

    private sealed class Other(Action onEnd) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            onEnd();
            return default;
        }
    }

    private sealed class Resource(Action? onEnd = null) : IAsyncDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _ends;

        public Task Ended => _ended.Task;

        public int Ends => _ends;

        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            Interlocked.Increment(ref _ends);
            _ended.TrySetResult();
            onEnd?.Invoke();
        }
    }
}
