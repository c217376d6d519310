using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using IoTF.Bench.Wire;

namespace IoTF.Bench.Peers;

/// <summary>
/// The least that a sender can do: packets that were made before the clock started, one thread, blocking reads and writes, nothing remembered and
/// nothing repeated. What it reaches is what the broker takes on this machine; a client that does more cannot be expected to be faster.
/// </summary>
internal static class PreparedPeer
{
    private const string Topic = "iot-2/evt/status/fmt/json";

    /// <summary>Sends the lines of a file, so often over, with so many messages under way at a time, over a plain socket.</summary>
    public static void Send(int port, int qos, int window, string path, int passes)
    {
        var lines = File.ReadAllLines(path);
        using var client = new RawClient(port, "prepared");
        for (var pass = 0; pass < passes; pass++)
        {
            var packets = Prepare(lines, qos);
            var watch = Stopwatch.StartNew();
            if (qos == 0)
            {
                client.Write(packets);
            }
            else
            {
                SendInWindow(client, packets, lines.Length, qos, window);
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seconds={watch.Elapsed.TotalSeconds:R}"));
        }

        client.Write(Packets.Disconnect);
    }

    private static void SendInWindow(RawClient client, ReadOnlySpan<byte> packets, int count, int qos, int window)
    {
        var size = packets.Length / count;
        var releases = new byte[window * Packets.AcknowledgementSize];
        var (sent, done, releasing) = (0, 0, 0);
        while (done < count)
        {
            // Half a window at QoS 1: the broker spends least on packets that arrive together. With the few of QoS 2 it would only wait.
            var room = Math.Min(window - (sent - done), count - sent);
            if (releasing > 0)
            {
                client.Write(releases.AsSpan(0, releasing));
                releasing = 0;
            }

            if (room > 0 && (qos == 2 || room >= Math.Min(window / 2, count - sent)))
            {
                client.Write(packets.Slice(sent * size, room * size));
                sent += room;
            }

            var isOpen = client.Read(packet =>
            {
                if (packet[0] == Packets.PubRec)
                {
                    Packets.MakePubRel(packet).CopyTo(releases.AsSpan(releasing));
                    releasing += Packets.AcknowledgementSize;
                }
                else
                {
                    done++;
                }
            });
            if (!isOpen)
            {
                throw new IOException("The broker closed the connection.");
            }
        }
    }

    /// <summary>All packets one behind the other, all of the same size.</summary>
    private static byte[] Prepare(string[] lines, int qos)
    {
        var idAt = 2 + 2 + Topic.Length;
        var size = Packets.MakePublish(Topic, lines[0], qos).Length;
        var packets = new byte[lines.Length * size];
        for (var i = 0; i < lines.Length; i++)
        {
            var packet = packets.AsSpan(i * size, size);
            Packets.MakePublish(Topic, lines[i], qos).CopyTo(packet);
            if (qos > 0)
            {
                BinaryPrimitives.WriteUInt16BigEndian(packet[idAt..], (ushort)((i % ushort.MaxValue) + 1));
            }
        }

        return packets;
    }
}
