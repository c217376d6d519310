using IoTF.Client.Sessions;
using IoTF.Tests.Unit.Client.Scripted;
using Xunit;

namespace IoTF.Tests.Unit.Client;

public sealed class ReconnectGateTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    [Fact]
    public async Task Sessions_that_lost_their_connections_together_connect_one_after_the_other()
    {
        var clock = new TestClock();
        var gate = new ReconnectGate(Interval, clock);
        var turns = Enumerable.Range(0, 1000).Select(_ => gate.PassAsync(CancellationToken.None)).ToList();
        for (var passed = 1; passed < turns.Count; passed++)
        {
            await turns[passed - 1].WaitAsync(Deadline.Limit);
            Assert.False(turns[passed].IsCompleted);
            clock.Advance(Interval);
        }

        await turns[^1].WaitAsync(Deadline.Limit);
    }

    [Fact]
    public async Task A_session_that_connects_alone_does_not_wait()
    {
        var clock = new TestClock();
        var gate = new ReconnectGate(Interval, clock);
        for (var i = 0; i < 3; i++)
        {
            await gate.PassAsync(CancellationToken.None).WaitAsync(Deadline.Limit);
            clock.Advance(Interval);
        }
    }

    [Fact]
    public void The_gate_of_the_process_lets_through_a_third_of_what_the_service_accepts() =>
        Assert.Equal(100, TimeSpan.FromSeconds(1) / ReconnectGate.OfProcess.Interval);
}
