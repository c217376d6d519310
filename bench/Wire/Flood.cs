using System.Buffers.Binary;

namespace IoTF.Bench.Wire;

/// <summary>A device that sends as fast as the broker takes it, until it is told to stop: precomputed packets over a plain socket.</summary>
internal sealed class Flood : IDisposable
{
    private const int Chunk = 256;
    private const string LongTopic = "iot-2/type/pump/id/p1/evt/status/fmt/json";

    private readonly RawClient _client;
    private readonly Thread _writer;
    private readonly Thread _reader;
    private readonly SemaphoreSlim _window;
    private readonly int _qos;
    private readonly string _topic;
    private volatile bool _stopped;
    private long _sent;

    /// <summary>Starts sending.</summary>
    public Flood(int port, int qos, int window)
        : this(port, Packets.MakeConnect("flood"), LongTopic, qos, window)
    {
    }

    /// <summary>Starts sending to a topic as the client that a CONNECT makes.</summary>
    public Flood(int port, byte[] connect, string topic, int qos, int window)
    {
        _qos = qos;
        _topic = topic;
        _client = new RawClient(port, connect);
        _window = new SemaphoreSlim(window / Chunk);
        _reader = new Thread(Acknowledge) { IsBackground = true };
        _writer = new Thread(Send) { IsBackground = true };
        _reader.Start();
        _writer.Start();
    }

    public long Sent => Volatile.Read(ref _sent);

    public void Dispose()
    {
        _stopped = true;
        _client.Dispose();
        _window.Release();
        _writer.Join();
        _reader.Join();
    }

    private void Send()
    {
        var packet = Packets.MakePublish(_topic, Lines.Make(0), _qos);
        var chunk = Enumerable.Range(0, Chunk).SelectMany(_ => packet).ToArray();
        _ = Packets.TryMeasure(packet, out var headerSize, out _);
        var idAt = headerSize + 2 + _topic.Length;
        ushort id = 0;
        try
        {
            while (!_stopped)
            {
                if (_qos > 0)
                {
                    _window.Wait();
                    for (var i = 0; i < Chunk; i++)
                    {
                        id = id == ushort.MaxValue ? (ushort)1 : (ushort)(id + 1);
                        BinaryPrimitives.WriteUInt16BigEndian(chunk.AsSpan((i * packet.Length) + idAt), id);
                    }
                }

                _client.Write(chunk);
                Volatile.Write(ref _sent, _sent + Chunk);
            }
        }
        catch (Exception exception) when (exception is System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The end, while a write was under way.
        }
    }

    private void Acknowledge()
    {
        var acknowledged = 0;
        while (!_stopped && _client.Read(packet => acknowledged += packet[0] == Packets.PubAck ? 1 : 0))
        {
            if (acknowledged >= Chunk)
            {
                _window.Release(acknowledged / Chunk);
                acknowledged %= Chunk;
            }
        }
    }
}
