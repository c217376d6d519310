using System.Net.Sockets;

namespace IoTF.Tests.Interop.Servers;

/// <summary>One connection through a <see cref="FaultyRelay"/>.</summary>
internal sealed class FaultyConnection : IAsyncDisposable
{
    /// <summary>How long two ends of which one was told that the other has closed may take to close.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(5);

    private readonly Socket client;
    private readonly Socket server;
    private readonly NetworkFault? fault;
    private readonly Func<NetworkFault, bool> happens;
    private readonly CancellationTokenSource ending;

    /// <summary>Whether what still comes from one end is thrown away.</summary>
    private volatile bool clientIsDeaf, serverIsDeaf;

    public FaultyConnection(Socket client, Socket server, NetworkFault? fault, Func<NetworkFault, bool> happens, CancellationToken stopping)
    {
        (this.client, this.server, this.fault, this.happens) = (client, server, fault, happens);
        ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
    }

    /// <summary>Carries bytes until both ends have closed or the connection was reset.</summary>
    public async Task RunAsync()
    {
        try
        {
            await Task.WhenAll(CopyAsync(client, server, fromClient: true), CopyAsync(server, client, fromClient: false));
        }
        finally
        {
            if (ending.IsCancellationRequested)
            {
                client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            client.Dispose();
            server.Dispose();
        }
    }

    public ValueTask DisposeAsync()
    {
        ending.Dispose();
        return ValueTask.CompletedTask;
    }

    private bool IsDeaf(bool toServer) => toServer ? serverIsDeaf : clientIsDeaf;

    private async Task CopyAsync(Socket from, Socket to, bool fromClient)
    {
        var buffer = new byte[64 * 1024];
        var left = fault is not null && fault.FromClient == fromClient ? fault.AfterBytes : int.MaxValue;
        try
        {
            while (await from.ReceiveAsync(buffer, ending.Token) is var count and > 0)
            {
                if (IsDeaf(toServer: fromClient))
                {
                    continue;
                }

                var before = Math.Min(count, left);
                await to.SendAsync(buffer.AsMemory(0, before), ending.Token);
                left = left == int.MaxValue ? left : left - before;
                if (left > 0)
                {
                    continue;
                }

                left = int.MaxValue;
                if (happens(fault!))
                {
                    await FailAsync(fault!);
                }

                // A connection that is closed the other way goes on this way, without a gap.
                if (!IsDeaf(toServer: fromClient))
                {
                    await to.SendAsync(buffer.AsMemory(before, count - before), ending.Token);
                }
            }

            if (!IsDeaf(toServer: fromClient))
            {
                to.Shutdown(SocketShutdown.Send);
            }
        }
        catch (SocketException)
        {
            // One end was reset: so is the other.
            await ending.CancelAsync();
            throw;
        }
    }

    private async Task FailAsync(NetworkFault happening)
    {
        switch (happening.Kind)
        {
            case NetworkFaultKind.Reset:
                await ending.CancelAsync();
                break;
            case NetworkFaultKind.Stall:
                clientIsDeaf = serverIsDeaf = true;
                ending.CancelAfter(happening.StallsFor);
                break;
            case NetworkFaultKind.Close:
                clientIsDeaf = serverIsDeaf = true;
                client.Shutdown(SocketShutdown.Send);
                server.Shutdown(SocketShutdown.Send);
                ending.CancelAfter(Farewell);
                break;
            case NetworkFaultKind.HalfCloseToServer:
                serverIsDeaf = true;
                server.Shutdown(SocketShutdown.Send);
                ending.CancelAfter(Farewell);
                break;
            case NetworkFaultKind.HalfCloseToClient:
                clientIsDeaf = true;
                client.Shutdown(SocketShutdown.Send);
                ending.CancelAfter(Farewell);
                break;
        }
    }
}
