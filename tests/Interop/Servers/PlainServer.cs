using System.Net;
using System.Net.Sockets;
using System.Text;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>When a <see cref="PlainServer"/> says its text.</summary>
public enum PlainAnswer
{
    /// <summary>As soon as somebody connects, like a mail server.</summary>
    AtOnce,

    /// <summary>When the first bytes of the client have come, like a web server that cannot read them.</summary>
    AfterFirstBytes,
}

/// <summary>A server that speaks plain text and knows neither TLS nor MQTT. It says its text, ends its side, and records everything it is sent.</summary>
public sealed class PlainServer : IAsyncDisposable
{
    /// <summary>What a web server says to bytes that are no HTTP.</summary>
    public const string BadRequest = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

    private readonly TcpAcceptor acceptor;
    private readonly PlainAnswer when;
    private readonly byte[] text;

    /// <param name="when">When it says its text.</param>
    /// <param name="text">What it says; nothing, when empty.</param>
    /// <param name="endpoint">Where to listen; null to leave it to the system.</param>
    public PlainServer(PlainAnswer when = PlainAnswer.AfterFirstBytes, string text = BadRequest, IPEndPoint? endpoint = null)
    {
        this.when = when;
        this.text = Encoding.ASCII.GetBytes(text);
        acceptor = new TcpAcceptor(ServeAsync, endpoint);
    }

    public int Port => acceptor.Port;

    public SignalLog<RecordedConnection> Connections { get; } = new("connections to the plain-text server");

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        var connection = new RecordedConnection();
        Connections.Add(connection);
        try
        {
            if (when == PlainAnswer.AtOnce || await connection.RecordSomeAsync(socket, stopping))
            {
                await socket.SendAsync(text, stopping);
                socket.Shutdown(SocketShutdown.Send);
                await connection.RecordAsync(socket, stopping);
            }
        }
        finally
        {
            connection.Close();
        }
    }
}
