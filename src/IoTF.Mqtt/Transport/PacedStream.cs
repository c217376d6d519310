using System.Net.Sockets;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// A TCP connection whose reader can be in no hurry. A busy peer sends many small packets, acknowledgements above all, each on its own; read as
/// they come, each of them wakes several threads here, which costs both ends more than the packet. A reader that can wait for a few of them has
/// the system tell of none before so many bytes are there, or one to two milliseconds have passed.
/// </summary>
internal sealed class PacedStream : NetworkStream
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly object _gate = new();
    private readonly ReadPace _pace;
    private readonly int _packetOverhead;
    private readonly Timer _timer;
    private int _lowWater = 1;
    private bool _ticking;
    private long _reads;
    private long _readsAtLastTick;

    /// <summary>The stream of a connected socket, which it owns.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="pace">How much of a hurry the reader is in.</param>
    /// <param name="packetOverhead">How many bytes are around each packet on this connection: those of a TLS record.</param>
    public PacedStream(Socket socket, ReadPace pace, int packetOverhead)
        : base(socket, ownsSocket: true)
    {
        _pace = pace;
        _packetOverhead = packetOverhead;
        _timer = new Timer(static stream => ((PacedStream)stream!).OnTick(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = _pace.Bytes + (_pace.Packets * _packetOverhead);
        if (bytes > 1 || _ticking)
        {
            WaitFor(bytes);
        }

        return base.ReadAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _timer.Dispose();
        }

        base.Dispose(disposing);
    }

    private void WaitFor(int bytes)
    {
        lock (_gate)
        {
            _reads++;
            SetLowWater(Math.Max(1, bytes));
            var tick = _lowWater > 1;
            if (tick != _ticking)
            {
                _ticking = tick;
                _timer.Change(tick ? Tick : Timeout.InfiniteTimeSpan, tick ? Tick : Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <summary>A read that was under way at the last tick, too, has waited for company long enough.</summary>
    private void OnTick()
    {
        lock (_gate)
        {
            if (_reads == _readsAtLastTick && _lowWater > 1)
            {
                SetLowWater(1);
            }

            _readsAtLastTick = _reads;
        }
    }

    private void SetLowWater(int bytes)
    {
        if (_lowWater == bytes)
        {
            return;
        }

        try
        {
            Socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReceiveLowWater, bytes);
            _lowWater = bytes;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed meanwhile, or a system that does not have the option (Windows): it is read as it comes.
        }
    }
}
