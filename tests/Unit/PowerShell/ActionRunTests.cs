using IoTF.PowerShell.Actions;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class ActionRunTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ActionRun _run = new(EventArgs.Empty);
    private readonly CancellationTokenSource _stop = new();

    [Fact]
    public async Task Its_end_is_waited_for()
    {
        var waiting = Waiting();
        Assert.True(_run.TryBegin());
        Assert.False(waiting.IsCompleted);
        _run.End();
        Assert.True(await waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task One_that_has_not_begun_is_given_up_and_does_not_begin_any_more()
    {
        var waiting = Waiting();
        _stop.Cancel();
        Assert.False(await waiting.WaitAsync(Patience));
        Assert.False(_run.TryBegin());
    }

    [Fact]
    public async Task One_that_others_give_up_is_not_waited_for_any_more()
    {
        var waiting = Waiting();
        Assert.True(_run.TryGiveUp());
        Assert.True(_run.TryGiveUp());
        Assert.False(await waiting.WaitAsync(Patience));
        Assert.False(_run.TryBegin());
    }

    [Fact]
    public void One_that_is_at_work_or_done_is_not_given_up()
    {
        Assert.True(_run.TryBegin());
        Assert.False(_run.TryGiveUp());
        _run.End();
        Assert.False(_run.TryGiveUp());
    }

    [Fact]
    public async Task One_that_is_at_work_is_finished_although_nobody_wants_more()
    {
        Assert.True(_run.TryBegin());
        var waiting = Waiting();
        _stop.Cancel();
        Assert.False(waiting.IsCompleted);
        _run.End();
        Assert.True(await waiting.WaitAsync(Patience));
    }

    [Fact]
    public async Task One_that_was_interrupted_may_begin_again_or_be_given_up()
    {
        Assert.True(_run.TryBegin());
        _run.Interrupt();
        Assert.True(_run.TryBegin());
        var waiting = Waiting();
        _stop.Cancel();
        _run.Interrupt();
        Assert.False(await waiting.WaitAsync(Patience));
    }

    [Fact]
    public void It_begins_once()
    {
        Assert.True(_run.TryBegin());
        Assert.False(_run.TryBegin());
        _run.End();
        Assert.False(_run.TryBegin());
    }

    private Task<bool> Waiting() => Task.Factory.StartNew(
        () => _run.AwaitEnd(_stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
