using System.Net;
using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>A bad network between a client and a real server on this machine: each connection fails at a byte that chance chose, until the plan is used up.</summary>
public sealed class FaultyRelay : IAsyncDisposable
{
    private readonly int target;
    private readonly FaultPlan plan;
    private readonly Random random;
    private readonly Lock gate = new();
    private readonly TcpAcceptor acceptor;
    private int connections;

    /// <param name="target">The port of the real server on 127.0.0.1.</param>
    /// <param name="plan">What goes wrong.</param>
    public FaultyRelay(int target, FaultPlan plan)
    {
        this.target = target;
        this.plan = plan;
        random = new Random(plan.Seed);
        Faults = new SignalLog<NetworkFault>($"faults of a network with {plan}");
        acceptor = new TcpAcceptor(ServeAsync);
    }

    /// <summary>The port on 127.0.0.1 that the client is given.</summary>
    public int Port => acceptor.Port;

    /// <summary>The faults that happened.</summary>
    public SignalLog<NetworkFault> Faults { get; }

    public ValueTask DisposeAsync() => acceptor.DisposeAsync();

    private async Task ServeAsync(Socket client, CancellationToken stopping)
    {
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, target), stopping);
        client.NoDelay = server.NoDelay = true;
        await using var connection = new FaultyConnection(client, server, Draw(), Happens, stopping);
        await connection.RunAsync();
    }

    private NetworkFault? Draw()
    {
        lock (gate)
        {
            // Never two in a row that a client may take for the server's will: three are how the service answers a message that it does not take.
            var last = Faults.Snapshot().LastOrDefault();
            return Faults.Count < plan.Count ? plan.Draw(random, isFirst: connections++ == 0, mayLookDeliberate: last is { LooksDeliberate: false }) : null;
        }
    }

    /// <summary>A connection has come to the byte at which it fails.</summary>
    /// <returns>False when others have used the plan up.</returns>
    private bool Happens(NetworkFault fault)
    {
        lock (gate)
        {
            if (Faults.Count >= plan.Count)
            {
                return false;
            }

            Faults.Add(fault);
            return true;
        }
    }
}
