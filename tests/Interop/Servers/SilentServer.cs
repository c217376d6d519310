using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>Accepts connections, records what it is sent, and never answers.</summary>
public sealed class SilentServer : IAsyncDisposable
{
    private readonly TcpAcceptor acceptor;

    public SilentServer() => acceptor = new TcpAcceptor(ServeAsync);

    public int Port => acceptor.Port;

    public SignalLog<RecordedConnection> Connections { get; } = new("connections to the silent server");

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        var connection = new RecordedConnection();
        Connections.Add(connection);
        try
        {
            await connection.RecordAsync(socket, stopping);
        }
        finally
        {
            connection.Close();
        }
    }
}
