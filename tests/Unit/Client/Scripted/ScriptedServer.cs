using System.Net;
using System.Net.Sockets;

namespace IoTF.Tests.Unit.Client.Scripted;

/// <summary>A server on loopback that does exactly what a test tells it to do.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<ScriptedPeer> _peers = [];

    public ScriptedServer() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Whether a client has connected that was not taken yet.</summary>
    public bool IsAwaited => _listener.Pending();

    /// <summary>Takes the next connection.</summary>
    public async Task<ScriptedPeer> AcceptAsync()
    {
        using var limit = new CancellationTokenSource(Deadline.Limit);
        var peer = new ScriptedPeer(await _listener.AcceptSocketAsync(limit.Token));
        _peers.Add(peer);
        return peer;
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        foreach (var peer in _peers)
        {
            await peer.DisposeAsync();
        }
    }
}
