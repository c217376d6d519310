using System.Net;
using System.Net.Sockets;

namespace IoTF.Tests.Interop.Servers;

/// <summary>A slow network to a real server on this machine: what the client sends is carried at a rate, what the server sends at once.</summary>
public sealed class ThrottledRelay : IAsyncDisposable
{
    private const int StepsPerSecond = 20;

    private readonly int target;
    private readonly int bytesPerSecond;
    private readonly TcpAcceptor acceptor;

    /// <param name="target">The port of the real server on 127.0.0.1.</param>
    /// <param name="bytesPerSecond">The rate.</param>
    public ThrottledRelay(int target, int bytesPerSecond)
    {
        this.target = target;
        this.bytesPerSecond = bytesPerSecond;
        acceptor = new TcpAcceptor(ServeAsync);
    }

    /// <summary>The port on 127.0.0.1 that the client is given.</summary>
    public int Port => acceptor.Port;

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), stopping);
        client.NoDelay = server.NoDelay = true;
        client.ReceiveBufferSize = 16 * 1024;
        await Task.WhenAll(
            CopyAsync(client, server, new byte[bytesPerSecond / StepsPerSecond], TimeSpan.FromSeconds(1.0 / StepsPerSecond), stopping),
            CopyAsync(server, client, new byte[64 * 1024], TimeSpan.Zero, stopping));
    }

    private static async Task CopyAsync(Socket from, Socket to, byte[] buffer, TimeSpan pause, CancellationToken stopping)
    {
        while (await from.ReceiveAsync(buffer, stopping) is var count and > 0)
        {
            await to.SendAsync(buffer.AsMemory(0, count), stopping);

            // The network's slowness, not a wait for something.
            await Task.Delay(pause * count / buffer.Length, stopping);
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
