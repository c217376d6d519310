using System.Net.Sockets;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// A TCP connection whose reader can be in no hurry. A busy peer sends many small packets, acknowledgements above all, each on its own; read as
/// they come, each of them wakes several threads here, which costs both ends more than the packet. A reader that can wait for a few of them has
/// the system tell of none before so many bytes are there, or one to two milliseconds have passed.
/// </summary>
/// <remarks>
/// A peer that leaves Nagle's algorithm on (Mosquitto unless configured otherwise) sends the second small packet only when TCP has acknowledged the
/// first. The system does that up to 40 ms late when it is given nothing to send, so while answers are due it is told not to wait (Linux; other
/// systems do not let it be said). Nor is it any use to wait for packets that are sure to come: each time that it was in vain the reader is in a
/// hurry for a while, and for twice as long the next time.
/// </remarks>
internal sealed class PacedStream : NetworkStream
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan ShortestHurry = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestHurry = TimeSpan.FromSeconds(2);

    // tcp(7): IPPROTO_TCP, TCP_QUICKACK.
    private const int TcpLevel = 6;
    private const int QuickAck = 12;
    private static readonly byte[] On = BitConverter.GetBytes(1);

    /// <summary>Whether the system has no low-water mark (Windows): found out once, and what arrives is read as it comes.</summary>
    private static bool _isUnsupported;

    private readonly object _gate = new();
    private readonly ReadPace _pace;
    private readonly int _packetOverhead;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private int _lowWater = 1;
    private bool _ticking;
    private bool _gathering;
    private long _hurryFrom;
    private TimeSpan _hurry;
    private long _reads;
    private long _readsAtLastTick;

    /// <summary>The stream of a connected socket, which it owns.</summary>
    /// <param name="socket">The socket.</param>
    /// <param name="pace">How much of a hurry the reader is in.</param>
    /// <param name="packetOverhead">How many bytes are around each packet on this connection: those of a TLS record.</param>
    /// <param name="clock">What counts the milliseconds; null for the system's.</param>
    public PacedStream(Socket socket, ReadPace pace, int packetOverhead, TimeProvider? clock = null)
        : base(socket, ownsSocket: true)
    {
        _pace = pace;
        _packetOverhead = packetOverhead;
        _clock = clock ?? TimeProvider.System;
        _timer = _clock.CreateTimer(static stream => ((PacedStream)stream!).OnTick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = _pace.Bytes + (_pace.Packets * _packetOverhead);
        if (_pace.ExpectsAnswers)
        {
            AcknowledgeAtOnce();
        }

        if ((bytes > 1 || _ticking) && !_isUnsupported)
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
            if (_gathering && _lowWater > 1)
            {
                // It was not in vain.
                _hurry /= 2;
            }

            _gathering = bytes > 1 && !_pace.TakesTime;
            SetLowWater(_gathering && _clock.GetElapsedTime(_hurryFrom) < _hurry ? 1 : Math.Max(1, bytes));
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
                if (_gathering && HasArrived)
                {
                    _hurryFrom = _clock.GetTimestamp();
                    _hurry = _hurry < ShortestHurry ? ShortestHurry : _hurry < LongestHurry / 2 ? _hurry * 2 : LongestHurry;
                }

                SetLowWater(1);

                // Nothing may come for hours; the next read sets the timer again.
                _ticking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }

            _readsAtLastTick = _reads;
        }
    }

    /// <summary>The system forgets it again by itself, so it is said for each read.</summary>
    private void AcknowledgeAtOnce()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            Socket.SetRawSocketOption(TcpLevel, QuickAck, On);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed meanwhile: the read says so.
        }
    }

    private bool HasArrived
    {
        get
        {
            try
            {
                return Socket.Available > 0;
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return false;
            }
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
        catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ProtocolOption or SocketError.OperationNotSupported)
        {
            _isUnsupported = true;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Closed meanwhile: the read says so.
        }
    }
}
