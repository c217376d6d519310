using System.Net;
using System.Net.Sockets;
using System.Text;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Brokers;

/// <summary>
/// Subscribes with QoS 0 over a plain socket and reads on a thread of its own, with room for all that a test sends: what a broker has given to its
/// network is here, whatever becomes of the broker afterward, and however busy the machine is.
/// </summary>
public sealed class SwiftSubscriber : IDisposable
{
    private const byte ConnAck = 0x20, Publish = 0x30, SubAck = 0x90;

    private readonly string filter;
    private Socket? socket;
    private Thread? reader;

    public SwiftSubscriber(string filter) => this.filter = filter;

    /// <summary>The payloads received so far, over all connections, in order.</summary>
    public SignalLog<string> Payloads { get; } = new("payloads received by the swift subscriber");

    /// <summary>Connects, or connects again when the broker has ended the connection, and is subscribed when it returns.</summary>
    public void Connect(int port)
    {
        reader?.Join();
        socket?.Dispose();
        socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4 * 1024 * 1024 };
        socket.Connect(IPAddress.Loopback, port);
        var packets = new PacketReader(socket);
        Send(0x10, [.. Text("MQTT"), 4, 0x02, 0, 0, .. Text("swift")]);
        Expect(packets, ConnAck);
        Send(0x82, [0, 1, .. Text(filter), 0]);
        Expect(packets, SubAck);
        reader = new Thread(() => Read(packets)) { IsBackground = true, Name = "swift subscriber" };
        reader.Start();
    }

    public void Dispose()
    {
        socket?.Dispose();
        reader?.Join();
    }

    private static byte[] Text(string text) => [0, (byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    private static void Expect(PacketReader packets, byte type)
    {
        var packet = packets.Next();
        if (packet is null || packet[0] != type || packet[^1] >= 0x80 || (type == ConnAck && packet[^1] != 0))
        {
            throw new IOException($"The broker did not answer with a packet of type 0x{type:X2}.");
        }
    }

    private void Send(byte type, byte[] body) => socket!.Send([type, (byte)body.Length, .. body]);

    private void Read(PacketReader packets)
    {
        while (packets.Next() is { } packet)
        {
            if ((packet[0] & 0xF0) == Publish)
            {
                // QoS 0 in a short packet: one byte of length, the topic with its two, the payload.
                var topic = (packet[2] << 8) | packet[3];
                Payloads.Add(Encoding.UTF8.GetString(packet.AsSpan(4 + topic)));
            }
        }
    }

    /// <summary>Cuts what arrives into packets of fewer than 128 bytes.</summary>
    private sealed class PacketReader(Socket socket)
    {
        private readonly byte[] buffer = new byte[64 * 1024];
        private int start, end;

        /// <summary>The next packet; null when the connection has ended.</summary>
        public byte[]? Next()
        {
            while (end - start < 2 || end - start < 2 + buffer[start + 1])
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
                var count = Receive();
                if (count == 0)
                {
                    return null;
                }

                end += count;
            }

            var packet = buffer.AsSpan(start, 2 + buffer[start + 1]).ToArray();
            start += packet.Length;
            return packet;
        }

        private int Receive()
        {
            try
            {
                return socket.Receive(buffer, end, buffer.Length - end, SocketFlags.None);
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return 0;
            }
        }
    }
}
