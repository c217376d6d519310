using System.Net;
using System.Net.Sockets;

namespace IoTF.Tests.Interop.Servers;

/// <summary>A listener, on a port of 127.0.0.1 that the system chose unless told otherwise; it hands each connection to one handler and waits for all of them at the end.</summary>
internal sealed class TcpAcceptor : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly CancellationTokenSource stopping = new();
    private readonly Func<Socket, CancellationToken, Task> handle;
    private readonly Task accepting;

    /// <param name="handle">Serves one connection, which is closed afterward; the token says that the server stops.</param>
    /// <param name="endpoint">Where to listen, for tests of a port's number; null to leave it to the system.</param>
    public TcpAcceptor(Func<Socket, CancellationToken, Task> handle, IPEndPoint? endpoint = null)
    {
        this.handle = handle;
        listener = new TcpListener(endpoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        accepting = AcceptAsync();
    }

    public int Port { get; }

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await accepting;
        listener.Dispose();
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> serving = [];
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await listener.AcceptSocketAsync(stopping.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket connection)
    {
        using (connection)
        {
            try
            {
                await handle(connection, stopping.Token);
            }
            catch (Exception end) when (end is SocketException or IOException or OperationCanceledException)
            {
                // The peer reset the connection, or the server stops: both are the ordinary end of a connection here.
            }
        }
    }
}
