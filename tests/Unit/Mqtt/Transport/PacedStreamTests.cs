using System.Net;
using System.Net.Sockets;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class PacedStreamTests
{
    [Fact]
    public async Task A_reader_that_waits_for_many_answers_still_gets_the_few_that_come()
    {
        await using var server = LocalServer.Says(1, 2, 3);
        using var socket = await ConnectAsync(server);
        await using var stream = new PacedStream(socket, Unhurried(), packetOverhead: 0);
        var reading = ReadAsync(stream, 3);
        await stream.WriteAsync(new byte[1]);
        Assert.Equal([1, 2, 3], await reading.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Its_read_ends_when_the_peer_closes()
    {
        await using var server = LocalServer.Says();
        using var socket = await ConnectAsync(server);
        await using var stream = new PacedStream(socket, Unhurried(), packetOverhead: 0);
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await reading.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task A_reader_in_a_hurry_again_waits_for_one_byte_only()
    {
        await using var server = LocalServer.Says(1, 2, 3);
        using var socket = await ConnectAsync(server);
        var pace = new ReadPace();
        pace.Gather(packets: 8, bytes: 32);
        await using var stream = new PacedStream(socket, pace, packetOverhead: 0);
        await stream.WriteAsync(new byte[1]);
        Assert.Equal(1, Assert.Single(await ReadAsync(stream, 1).WaitAsync(Patience.Limit)));
        pace.Hurry();
        Assert.Equal([2, 3], await ReadAsync(stream, 2).WaitAsync(Patience.Limit));

        // Windows has no such option.
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(1, LowWater(socket));
        }
    }

    [Fact]
    public async Task A_reader_that_waited_in_vain_for_packets_is_in_a_hurry_for_a_while()
    {
        if (OperatingSystem.IsWindows())
        {
            // It has no such option.
            return;
        }

        var clock = new FakeTimeProvider();
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.LocalEndPoint!);
        using var peer = await listener.AcceptAsync();
        var pace = new ReadPace();
        pace.Gather(packets: 8, bytes: 32);
        await using var stream = new PacedStream(socket, pace, packetOverhead: 0, clock);

        foreach (var hurry in new[] { 10, 20 })
        {
            var late = stream.ReadAsync(new byte[1]).AsTask();
            Assert.Equal(32, LowWater(socket));
            peer.Send(new byte[1]);
            await ArrivalAsync(socket);
            clock.Advance(TimeSpan.FromMilliseconds(1));
            clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(1, await late.WaitAsync(Patience.Limit));
            for (var again = 0; again < 2; again++)
            {
                var soon = stream.ReadAsync(new byte[1]).AsTask();
                Assert.Equal(1, LowWater(socket));
                peer.Send(new byte[1]);
                await soon.WaitAsync(Patience.Limit);
                clock.Advance(TimeSpan.FromMilliseconds(hurry / 2));
            }
        }
    }

    [Fact]
    public async Task A_reader_to_whom_nothing_comes_costs_two_ticks_and_no_more()
    {
        var clock = new CountingClock();
        await using var server = LocalServer.Silent();
        using var socket = await ConnectAsync(server);
        await using var stream = new PacedStream(socket, Unhurried(), packetOverhead: 0, clock);
        var reading = stream.ReadAsync(new byte[1]).AsTask();
        for (var i = 0; i < 1000; i++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(clock.Ticks, 0, 2);
        Assert.False(reading.IsCompleted);
    }

    /// <summary>A clock that the test moves, which counts how often its timers fire.</summary>
    private sealed class CountingClock : FakeTimeProvider
    {
        public int Ticks { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
            one =>
            {
                Ticks++;
                callback(one);
            },
            state,
            dueTime,
            period);
    }

    private static int LowWater(Socket socket) =>
        BitConverter.ToInt32(socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveLowWater, 4));

    /// <summary>Something can be read, although the system does not say so yet.</summary>
    private static async Task ArrivalAsync(Socket socket)
    {
        while (socket.Available == 0)
        {
            await Task.Yield();
        }
    }

    private static ReadPace Unhurried()
    {
        var pace = new ReadPace();
        pace.TakeTime();
        return pace;
    }

    private static async Task<Socket> ConnectAsync(LocalServer server)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", server.Port);
        return socket;
    }

    private static async Task<byte[]> ReadAsync(Stream stream, int count)
    {
        var bytes = new byte[count];
        await stream.ReadExactlyAsync(bytes);
        return bytes;
    }
}
