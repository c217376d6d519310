using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// How far a TCP connection has got with what it was given: the system takes up to half a megabyte before the first byte of it has left, and on a slow
/// network that is minutes. Only Linux tells; elsewhere nothing is known.
/// </summary>
public sealed class SendProgress
{
    // tcp(7) and linux/tcp.h: IPPROTO_TCP, TCP_INFO, and where in struct tcp_info the counters are. They are there since Linux 4.19.
    private const int TcpLevel = 6;
    private const int TcpInfo = 11;
    private const int BytesAcknowledgedAt = 120;
    private const int BytesNotSentAt = 144;
    private const int BytesSentAt = 200;
    private const int BytesRepeatedAt = 208;
    private const int Size = 216;

    private volatile Socket? _socket;

    /// <summary>From now on it tells of this socket.</summary>
    public void Follow(Socket socket) => _socket = socket;

    /// <summary>Looks.</summary>
    /// <param name="queued">Bytes that the system was given so far.</param>
    /// <param name="acknowledged">Bytes of them that have arrived at the next hop, which is a proxy where there is one.</param>
    /// <returns>False when it is not known.</returns>
    public bool TryRead(out long queued, out long acknowledged)
    {
        (queued, acknowledged) = (0, 0);
        if (_socket is not { } socket || !OperatingSystem.IsLinux())
        {
            return false;
        }

        Span<byte> info = stackalloc byte[Size];
        try
        {
            if (socket.GetRawSocketOption(TcpLevel, TcpInfo, info) < Size)
            {
                return false;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return false;
        }

        // The SYN counts as an acknowledged byte, so that everything has arrived one byte too early. A packet is never so short.
        acknowledged = Counter(info, BytesAcknowledgedAt);
        queued = Counter(info, BytesSentAt) - Counter(info, BytesRepeatedAt) + MemoryMarshal.Read<uint>(info[BytesNotSentAt..]);
        return true;
    }

    private static long Counter(ReadOnlySpan<byte> info, int at) => MemoryMarshal.Read<long>(info[at..]);
}
