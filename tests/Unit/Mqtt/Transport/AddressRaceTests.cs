using System.Net;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class AddressRaceTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<string, Attempt> _attempts = [];
    private readonly List<string> _started = [];
    private readonly CancellationTokenSource _cancel = new();

    [Theory]
    [InlineData("::1 ::2 ::3 10.0.0.1 10.0.0.2", "::1 10.0.0.1 ::2 10.0.0.2 ::3")]
    [InlineData("10.0.0.1 10.0.0.2 ::1", "10.0.0.1 ::1 10.0.0.2")]
    [InlineData("10.0.0.1", "10.0.0.1")]
    public void The_families_take_turns(string given, string expected) =>
        Assert.Equal(expected, string.Join(' ', AddressRace.Interleave(Addresses(given))));

    [Fact]
    public async Task An_address_that_answers_within_its_head_start_is_the_only_one_tried()
    {
        var race = Race("::1 10.0.0.1");
        Pass(249);
        var winner = _attempts["::1"].Connect();
        Assert.Same(winner, await race.WaitAsync(Patience.Limit));
        Assert.Equal(["::1"], _started);
        Assert.False(winner.IsDisposed);
    }

    [Fact]
    public async Task The_next_address_starts_after_the_head_start_and_the_loser_is_canceled()
    {
        var race = Race("::1 10.0.0.1 ::2");
        await StartedAsync("::1");
        Pass(250);
        await StartedAsync("10.0.0.1");
        var winner = _attempts["10.0.0.1"].Connect();
        Assert.Same(winner, await race.WaitAsync(Patience.Limit));
        Assert.True(_attempts["::1"].Token.IsCancellationRequested);
        Assert.Equal(["::1", "10.0.0.1"], _started);
    }

    [Fact]
    public async Task A_loser_that_connects_all_the_same_is_disposed_of()
    {
        var race = Race("::1 10.0.0.1");
        await StartedAsync("::1");
        Pass(250);
        await StartedAsync("10.0.0.1");
        _attempts["10.0.0.1"].Connect();
        await race.WaitAsync(Patience.Limit);
        var late = _attempts["::1"].Connect();
        await late.Disposed.Task.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task An_earlier_address_may_still_win()
    {
        var race = Race("::1 10.0.0.1");
        await StartedAsync("::1");
        Pass(250);
        await StartedAsync("10.0.0.1");
        var winner = _attempts["::1"].Connect();
        Assert.Same(winner, await race.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_failure_hands_the_turn_on_at_once()
    {
        var race = Race("::1 10.0.0.1");
        await StartedAsync("::1");
        _attempts["::1"].Fail(LinkFailure.Unreachable);
        await StartedAsync("10.0.0.1");
        var winner = _attempts["10.0.0.1"].Connect();
        Assert.Same(winner, await race.WaitAsync(Patience.Limit));
    }

    [Theory]
    [InlineData(LinkFailure.Refused, LinkFailure.Unreachable)]
    [InlineData(LinkFailure.Unreachable, LinkFailure.Refused)]
    public async Task When_all_fail_a_refusal_is_what_is_told(LinkFailure first, LinkFailure second)
    {
        var race = Race("::1 10.0.0.1");
        await StartedAsync("::1");
        _attempts["::1"].Fail(first);
        await StartedAsync("10.0.0.1");
        _attempts["10.0.0.1"].Fail(second);
        var exception = await Assert.ThrowsAsync<LinkException>(() => race.WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.Refused, exception.Failure);
    }

    [Fact]
    public async Task A_token_that_fires_ends_the_race_and_every_attempt()
    {
        var race = Race("::1 10.0.0.1");
        await StartedAsync("::1");
        await _cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => race.WaitAsync(Patience.Limit));
        Assert.True(_attempts["::1"].Token.IsCancellationRequested);
        Assert.Equal(["::1"], _started);
    }

    private Task<Connection> Race(string addresses)
    {
        var all = Addresses(addresses);
        foreach (var address in all)
        {
            _attempts[address.ToString()] = new Attempt();
        }

        return AddressRace.RunAsync(
            all,
            (address, token) =>
            {
                _started.Add(address.ToString());
                return _attempts[address.ToString()].Start(token);
            },
            _clock,
            _cancel.Token);
    }

    private Task StartedAsync(string address) => _attempts[address].Started.Task.WaitAsync(Patience.Limit);

    private void Pass(int milliseconds) => _clock.Advance(TimeSpan.FromMilliseconds(milliseconds));

    private static IPAddress[] Addresses(string text) => [.. text.Split(' ').Select(IPAddress.Parse)];

    private sealed class Connection : IDisposable
    {
        public TaskCompletionSource Disposed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsDisposed => Disposed.Task.IsCompleted;

        public void Dispose() => Disposed.TrySetResult();
    }

    /// <summary>A connection that is made when the test says so, canceled or not, as one may be that is canceled too late.</summary>
    private sealed class Attempt
    {
        private readonly TaskCompletionSource<Connection> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource Started { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CancellationToken Token { get; private set; }

        public Task<Connection> Start(CancellationToken token)
        {
            Token = token;
            Started.TrySetResult();
            return _result.Task;
        }

        public Connection Connect()
        {
            var connection = new Connection();
            _result.SetResult(connection);
            return connection;
        }

        public void Fail(LinkFailure failure) => _result.SetException(new LinkException(failure, "It failed."));
    }
}
