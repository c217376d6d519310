using IoTF.PowerShell.Loading;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IoTF.Tests.Unit.PowerShell;

public sealed class OrderlyEndTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(6);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public async Task A_step_that_hangs_leaves_the_next_one_its_share_of_the_time()
    {
        var (action, connection, service) = (new Resource(), new Resource(), new Resource());
        var end = OrderlyEnd.RunAsync([(EndOrder.Services, service), (EndOrder.Actions, action), (EndOrder.Connections, connection)], Limit, _clock);
        await action.Begun.WaitAsync(Patience);

        _clock.Advance((Limit / 3) - TimeSpan.FromMilliseconds(1));
        Assert.False(connection.Begun.IsCompleted);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await connection.Begun.WaitAsync(Patience);
        Assert.False(service.Begun.IsCompleted);

        connection.Finish();
        await service.Begun.WaitAsync(Patience);
        service.Finish();
        await end.WaitAsync(Patience);
    }

    [Fact]
    public async Task At_the_limit_it_is_over()
    {
        var (connection, service) = (new Resource(), new Resource());
        var end = OrderlyEnd.RunAsync([(EndOrder.Connections, connection), (EndOrder.Services, service)], Limit, _clock);
        await connection.Begun.WaitAsync(Patience);
        _clock.Advance(Limit);
        await service.Begun.WaitAsync(Patience);
        await end.WaitAsync(Patience);
    }

    [Fact]
    public void A_process_that_is_told_to_end_is_done_before_it_is_killed()
    {
        // Windows: five seconds after the console was closed. Docker: ten seconds after SIGTERM.
        Assert.InRange(EndLimits.ToldToEnd(windows: true), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(4.5));
        Assert.InRange(EndLimits.ToldToEnd(windows: false), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(9.5));
    }

    private sealed class Resource : IAsyncDisposable
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Begun => _begun.Task;

        public void Finish() => _ended.SetResult();

        public async ValueTask DisposeAsync()
        {
            _begun.SetResult();
            await _ended.Task;
        }
    }
}
