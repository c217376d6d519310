using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>The way to a real server on this machine, which a test closes and opens: while it is closed, the service is away for its clients.</summary>
public sealed class Drawbridge : IAsyncDisposable
{
    private readonly int target;
    private readonly TcpAcceptor acceptor;
    private CancellationTokenSource open = new();

    /// <param name="target">The port of the real server on 127.0.0.1.</param>
    public Drawbridge(int target)
    {
        this.target = target;
        acceptor = new TcpAcceptor(ServeAsync);
    }

    /// <summary>The port on 127.0.0.1 that the client is given.</summary>
    public int Port => acceptor.Port;

    /// <summary>For each connection that was asked for, whether it was let through.</summary>
    public SignalLog<bool> Connections { get; } = new("connections asked for at the bridge");

    /// <summary>Resets every connection, and from now on each that is asked for.</summary>
    public void Raise() => open.Cancel();

    /// <summary>Lets connections through again.</summary>
    public void Lower() => open = new CancellationTokenSource();

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        var now = open.Token;
        Connections.Add(!now.IsCancellationRequested);
        if (now.IsCancellationRequested)
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            return;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, now);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), ending.Token);
        client.NoDelay = server.NoDelay = true;
        await using var connection = new FaultyConnection(client, server, fault: null, happens: _ => false, ending.Token);
        await connection.RunAsync();
    }
}
