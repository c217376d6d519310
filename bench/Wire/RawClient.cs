using System.Net;
using System.Net.Sockets;

namespace IoTF.Bench.Wire;

/// <summary>An MQTT connection over a plain socket, with blocking reads and writes.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[1024 * 1024];
    private int _end;

    public RawClient(int port, string clientId)
        : this(port, Packets.MakeConnect(clientId))
    {
    }

    public RawClient(int port, byte[] connect)
    {
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4 * 1024 * 1024 };
        _socket.Connect(IPAddress.Loopback, port);
        Write(connect);
        Expect(Packets.ConnAck);
    }

    public void Subscribe(string filter, int qos = 0)
    {
        Write(Packets.MakeSubscribe(filter, qos));
        Expect(Packets.SubAck);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[_socket.Send(bytes)..];
        }
    }

    /// <summary>Reads what has come and hands out each whole packet.</summary>
    /// <returns>False when the connection has ended.</returns>
    public bool Read(ReadOnlySpanAction take)
    {
        int count;
        try
        {
            count = _socket.Receive(_buffer.AsSpan(_end));
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }

        if (count == 0)
        {
            return false;
        }

        _end += count;
        var start = 0;
        while (Packets.TryMeasure(_buffer.AsSpan(start, _end - start), out _, out var total))
        {
            take(_buffer.AsSpan(start, total));
            start += total;
        }

        _buffer.AsSpan(start, _end - start).CopyTo(_buffer);
        _end -= start;
        return true;
    }

    public void Dispose()
    {
        try
        {
            // Wakes a reader on another thread.
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The broker was faster.
        }

        _socket.Dispose();
    }

    private void Expect(byte header)
    {
        var seen = false;
        while (!seen && Read(packet => seen |= packet[0] == header))
        {
        }

        if (!seen)
        {
            throw new IOException("The broker closed the connection.");
        }
    }

    /// <summary>Takes one packet.</summary>
    public delegate void ReadOnlySpanAction(ReadOnlySpan<byte> packet);
}
