using System.Net;
using System.Net.Sockets;
using IoTF.Client.Faults;
using IoTF.Client.Sessions;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Protocol.Endpoints;
using IoTF.Protocol.Identities;
using IoTF.Tests.Unit.Client.Scripted;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Client;

/// <summary>A PINGREQ behind what the system has taken and not sent, on a real connection whose other end reads when the test says so.</summary>
public sealed class SlowNetworkTests : IAsyncLifetime
{
    private const int Waiting = 400_000;

    /// <summary>What is taken for being on its way.</summary>
    private const int Segment = 1400;

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Look = Patience / 10;

    private readonly TestClock _clock = new();
    private readonly CancellationTokenSource _end = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private Socket _server = null!;
    private Link _link = null!;
    private SendProgress _progress = null!;
    private Task<Fault> _watching = null!;
    private int _timers;

    public async Task InitializeAsync()
    {
        // Inherited by what it accepts: so little that hardly anything is on its way.
        _listener.Server.ReceiveBufferSize = 32 * 1024;
        _listener.Start();
        var port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        var target = new DialTarget("127.0.0.1", port, Tls: null);
        var stream = await Dialer.DialAsync(target, CancellationToken.None, _clock);
        _server = await _listener.AcceptSocketAsync();
        _progress = target.Progress;
        _link = new Link(stream, new LinkOptions { Version = MqttVersion.V311, Clock = _clock, Progress = _progress });
        _link.Publish("iot-2/evt/tick/fmt/bin", new byte[Waiting], QualityOfService.AtMostOnce, packetId: 0, retain: false, duplicate: false);
        await _link.FlushAsync(CancellationToken.None).WaitAsync(Deadline.Limit);
        var options = new SessionOptions
        {
            Identity = ClientIdentity.ForDevice("abc123", "pump", "p1"),
            Endpoint = new ServiceEndpoint("127.0.0.1", port, secure: false),
        };
        _watching = KeepAliveWatch.WatchAsync(_link, options, KeepAlive, static link => link.Send(MqttPingReqPacket.Instance), _clock, _end.Token);
        await TimerSetAsync();
        await AdvanceAsync(Patience);
    }

    public async Task DisposeAsync()
    {
        await _end.CancelAsync();
        _server.Dispose();
        _listener.Dispose();
        await _link.DisposeAsync();
        await _watching.ContinueWith(static _ => { }, TaskScheduler.Default).WaitAsync(Deadline.Limit);
    }

    [LinuxFact]
    public async Task As_long_as_it_gets_on_the_connection_lives_and_the_answer_has_its_time_from_when_the_question_has_left()
    {
        var looks = 0;
        for (; await ReadSomeAsync(); looks++)
        {
            await AdvanceAsync(Look);
        }

        // It has taken more time than an answer has.
        Assert.True(looks > 10, $"{looks} looks");
        if (!HasLeft)
        {
            await AdvanceAsync(Look);
        }

        Assert.True(HasLeft);
        Assert.False(_watching.IsCompleted);
        _clock.Advance(Patience);
        Assert.Equal(FaultIds.KeepAliveTimeout, (await _watching.WaitAsync(Deadline.Limit)).Id);
    }

    [LinuxFact]
    public async Task When_nothing_gets_on_the_connection_is_dead_after_the_time_of_an_answer()
    {
        var looks = 0;
        do
        {
            _clock.Advance(Look);
            looks++;
            await Task.WhenAny(_watching, Observed(TimerSetAsync()));
        }
        while (!_watching.IsCompleted && looks < 100);

        // More than ten when the last of what fits between the two ends was still on its way.
        Assert.InRange(looks, 10, 30);
        Assert.Equal(FaultIds.KeepAliveTimeout, (await _watching.WaitAsync(Deadline.Limit)).Id);
    }

    /// <summary>Whether it counts the time of the answer: the second time so long, after that in which nothing was sent.</summary>
    private bool HasLeft
    {
        get
        {
            var counts = _clock.TimerSetAsync(Patience, times: 2);
            _ = Observed(counts);
            return counts.IsCompletedSuccessfully;
        }
    }

    /// <summary>Lets time pass, and waits until it has looked and waits again.</summary>
    private async Task AdvanceAsync(TimeSpan time)
    {
        _clock.Advance(time);
        if (!HasLeft)
        {
            await TimerSetAsync();
        }
    }

    private Task TimerSetAsync() => _clock.TimerSetAsync(due => due == Look || due == Patience, ++_timers);

    /// <summary>Nobody waits for it once the watch has ended.</summary>
    private static Task Observed(Task task) => task.ContinueWith(static ended => ended.Exception, TaskScheduler.Default);

    /// <summary>Reads at the other end, and waits until the system on this side knows.</summary>
    /// <returns>Whether there is more to come.</returns>
    private async Task<bool> ReadSomeAsync()
    {
        Assert.True(_progress.TryRead(out _, out var before));
        var buffer = new byte[20_000];
        long queued, after;
        do
        {
            if (_server.Available > 0)
            {
                await _server.ReceiveAsync(buffer);
            }

            await Task.Yield();
            Assert.True(_progress.TryRead(out queued, out after));
        }
        while (after == before && after < queued);
        return queued - after > Segment;
    }
}
