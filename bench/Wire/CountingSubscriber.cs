using System.Diagnostics;

namespace IoTF.Bench.Wire;

/// <summary>
/// Counts what a broker really delivers, by the number in each message. It subscribes with QoS 0, so that it costs the broker as little
/// as possible, and the broker is set up to drop nothing.
/// </summary>
internal sealed class CountingSubscriber : IDisposable
{
    private static readonly TimeSpan BetweenReads = TimeSpan.FromMilliseconds(1);

    private readonly RawClient _client;
    private readonly Thread _thread;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _progress = new(0);
    private byte[] _seen = [];
    private long _received;
    private long _wanted = long.MaxValue;
    private long _lastAt;
    private TimeSpan _processor;

    public CountingSubscriber(int port, string filter)
    {
        _client = new RawClient(port, "counter");
        _client.Subscribe(filter);
        _thread = new Thread(Count) { IsBackground = true, Name = "counter" };
        _thread.Start();
    }

    /// <summary>Forgets what was counted, and counts messages with numbers below the count from now on.</summary>
    public void Restart(int count, int passes)
    {
        lock (_gate)
        {
            _seen = new byte[count];
            _received = 0;
            _wanted = (long)count * passes;
            _lastAt = Stopwatch.GetTimestamp();
            _processor = Environment.CpuUsage.TotalTime;
            while (_progress.Wait(0))
            {
            }
        }
    }

    /// <summary>Waits until everything has come, or nothing more comes for a second.</summary>
    public async Task<Delivery> FinishAsync(int passes, long startedAt)
    {
        while (Volatile.Read(ref _received) < Volatile.Read(ref _wanted) && Stopwatch.GetElapsedTime(Volatile.Read(ref _lastAt)) < TimeSpan.FromSeconds(1))
        {
            await _progress.WaitAsync(TimeSpan.FromMilliseconds(20));
        }

        lock (_gate)
        {
            return new Delivery(
                _received,
                _seen.Sum(times => Math.Max(0L, passes - times)),
                _seen.Sum(times => Math.Max(0L, times - passes)),
                Stopwatch.GetElapsedTime(startedAt, _lastAt),
                (Environment.CpuUsage.TotalTime - _processor) / Stopwatch.GetElapsedTime(startedAt, _lastAt));
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _thread.Join();
    }

    private void Count()
    {
        while (_client.Read(Take))
        {
            Volatile.Write(ref _lastAt, Stopwatch.GetTimestamp());
            if (_received >= _wanted)
            {
                _progress.Release();
            }

            // Not waiting in a read is what costs the broker least: nobody has to be woken for each message that it sends.
            Thread.Sleep(BetweenReads);
        }
    }

    private void Take(ReadOnlySpan<byte> packet)
    {
        if ((packet[0] & 0xF0) != Packets.Publish)
        {
            return;
        }

        var at = packet.IndexOf("\"n\":1"u8);
        if (at < 0 || !int.TryParse(packet.Slice(at + 4, 9), out var number))
        {
            return;
        }

        lock (_gate)
        {
            _received++;
            if (number - Lines.FirstNumber < _seen.Length)
            {
                _seen[number - Lines.FirstNumber]++;
            }
        }
    }
}

/// <summary>What a broker delivered of one run.</summary>
/// <param name="Received">All messages.</param>
/// <param name="Lost">Those that were sent and did not come.</param>
/// <param name="Repeated">Those that came too often.</param>
/// <param name="Span">From the start to the last message.</param>
/// <param name="CounterLoad">How much of one core the counting process used: below 1 it was not what everybody waited for.</param>
internal sealed record Delivery(long Received, long Lost, long Repeated, TimeSpan Span, double CounterLoad);
