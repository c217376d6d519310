using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;

namespace IoTF.Bench.Wire;

/// <summary>Many devices over TLS 1.2 in one process, each with a connection and a subscription of its own.</summary>
internal sealed class TlsDevices : IDisposable
{
    private const int AtOnce = 32;
    private const string Commands = "iot-2/cmd/+/fmt/+";

    private readonly List<SslStream> _devices = [];

    /// <summary>Connects and subscribes them.</summary>
    /// <param name="port">The port for TLS.</param>
    /// <param name="count">How many.</param>
    /// <param name="organization">Their organization; their ids are <c>d0</c>, <c>d1</c> and so on.</param>
    /// <param name="token">The token of all of them.</param>
    public static async Task<TlsDevices> ConnectAsync(int port, int count, string organization, string token)
    {
        var devices = new TlsDevices();
        var connected = new SslStream[count];
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, cancellation) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);

            // Whether the certificate is right is not what is measured.
            var tls = new SslStream(new NetworkStream(socket, ownsSocket: true), leaveInnerStreamOpen: false, (_, _, _, _) => true);
            await tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", EnabledSslProtocols = SslProtocols.Tls12 }, cancellation);
            connected[number] = tls;
            await tls.WriteAsync(Packets.MakeConnect($"d:{organization}:pump:d{number}", "use-token-auth", token), cancellation);
            await ExpectAsync(tls, Packets.ConnAck, cancellation);
            await tls.WriteAsync(Packets.MakeSubscribe(Commands), cancellation);
            await ExpectAsync(tls, Packets.SubAck, cancellation);
        });
        devices._devices.AddRange(connected);
        return devices;
    }

    /// <summary>Each sends an event of QoS 1 and waits until it is acknowledged.</summary>
    public async Task SendEachAsync()
    {
        await Parallel.ForEachAsync(_devices, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (device, cancellation) =>
        {
            await device.WriteAsync(Packets.MakeNumberedPublish("iot-2/evt/status/fmt/json", "{}", id: 1), cancellation);
            await ExpectAsync(device, Packets.PubAck, cancellation);
        });
    }

    /// <summary>Each waits for a command that was sent to it.</summary>
    public async Task ReceiveEachAsync()
    {
        await Parallel.ForEachAsync(_devices, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (device, cancellation) =>
            await ExpectAsync(device, Packets.Publish, cancellation));
    }

    public void Dispose() => _devices.ForEach(device => device.Dispose());

    private static async Task ExpectAsync(SslStream stream, byte header, CancellationToken cancellation)
    {
        var buffer = new byte[256];
        var end = 0;
        int total;
        do
        {
            var count = await stream.ReadAsync(buffer.AsMemory(end), cancellation);
            end += count > 0 ? count : throw new IOException("The service closed a connection.");
        }
        while (!Packets.TryMeasure(buffer.AsSpan(0, end), out _, out total));
        if (total != end || buffer[0] != header)
        {
            throw new IOException($"0x{buffer[0]:X2} arrived instead of 0x{header:X2}.");
        }
    }
}
