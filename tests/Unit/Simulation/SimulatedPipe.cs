using System.Net.Sockets;

namespace IoTF.Tests.Unit.Simulation;

/// <summary>One direction of a connection. What was written is on its way until the history lets it arrive, byte by byte if it wants.</summary>
internal sealed class SimulatedPipe
{
    private byte[] _bytes = new byte[256];
    private int _start;
    private int _arrived;
    private int _end;
    private bool _ends;
    private bool _broken;
    private bool _reset;

    /// <summary>Bytes that were written and have not arrived.</summary>
    public int OnTheWay => _end - _arrived;

    /// <summary>Whether reading would not wait.</summary>
    public bool IsReadable => _arrived > _start || (OnTheWay == 0 && (_ends || _broken));

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_ends || _broken)
        {
            throw Ended();
        }

        if (_end + bytes.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, Math.Max(_end + bytes.Length, _bytes.Length * 2));
        }

        bytes.CopyTo(_bytes.AsSpan(_end));
        _end += bytes.Length;
    }

    public void Arrive(int count) => _arrived += Math.Min(count, OnTheWay);

    /// <summary>The writer ends; what it wrote still arrives.</summary>
    public void End() => _ends |= !_broken;

    /// <summary>So much still arrives, then nothing more.</summary>
    public void Cut(int arrives, bool inOrder)
    {
        Arrive(arrives);
        _end = _arrived;
        _ends |= inOrder && !_broken;
        _broken |= !inOrder;
    }

    /// <summary>So much still arrives, then the other end learns that the connection was reset.</summary>
    public void Reset(int arrives)
    {
        Cut(arrives, inOrder: false);
        _reset = true;
    }

    private IOException Ended() => _reset
        ? new IOException("The simulated connection was reset.", new SocketException((int)SocketError.ConnectionReset))
        : new IOException("The simulated network is cut.");

    public int Read(Span<byte> into)
    {
        var count = Math.Min(into.Length, _arrived - _start);
        if (count == 0 && _broken)
        {
            throw Ended();
        }

        _bytes.AsSpan(_start, count).CopyTo(into);
        _start += count;
        if (_start == _end)
        {
            _start = _arrived = _end = 0;
        }

        return count;
    }
}
