using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>Stands between a client and a real server on this machine and records every byte of both, connection by connection.</summary>
public sealed class RecordingRelay : IAsyncDisposable
{
    private readonly TcpAcceptor acceptor;
    private readonly int target;

    /// <param name="target">The port of the real server on 127.0.0.1.</param>
    public RecordingRelay(int target)
    {
        this.target = target;
        acceptor = new TcpAcceptor(ServeAsync);
    }

    /// <summary>The port on 127.0.0.1 that the client is given.</summary>
    public int Port => acceptor.Port;

    public SignalLog<RelayedConnection> Connections { get; } = new("connections through the relay");

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        var connection = new RelayedConnection();
        Connections.Add(connection);
        try
        {
            using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), stopping);
            client.NoDelay = server.NoDelay = true;
            await connection.RunAsync(client, server, stopping);
        }
        finally
        {
            connection.Close();
        }
    }
}
