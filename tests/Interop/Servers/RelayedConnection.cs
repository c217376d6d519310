using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>One connection through a <see cref="RecordingRelay"/>.</summary>
public sealed class RelayedConnection
{
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource cutting = new();

    /// <summary>Everything the client sent.</summary>
    public ByteRecord FromClient { get; } = new();

    /// <summary>Everything the server sent.</summary>
    public ByteRecord FromServer { get; } = new();

    /// <summary>Ends when both ends have closed, or the connection was cut; nothing is recorded afterward.</summary>
    public Task WaitForCloseAsync(TimeSpan? timeout = null) => closed.Task.WaitAsync(timeout ?? Deadline.Default);

    /// <summary>Breaks the connection as a failing network does: both ends see a reset.</summary>
    public void Cut() => cutting.Cancel();

    internal async Task RunAsync(Socket client, Socket server, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, cutting.Token);
        try
        {
            await Task.WhenAll(
                CopyAsync(client, server, FromClient, ending),
                CopyAsync(server, client, FromServer, ending));
        }
        finally
        {
            if (ending.IsCancellationRequested)
            {
                client.LingerState = server.LingerState = new LingerOption(enable: true, seconds: 0);
            }

            client.Dispose();
            server.Dispose();
            Close();
        }
    }

    internal void Close()
    {
        FromClient.Complete();
        FromServer.Complete();
        closed.TrySetResult();
    }

    private static async Task CopyAsync(Socket from, Socket to, ByteRecord record, CancellationTokenSource ending)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer, ending.Token) is var count and > 0)
            {
                // Recorded before it travels on: whoever sees an effect of these bytes finds them in the record.
                record.Add(buffer.AsSpan(0, count));
                await to.SendAsync(buffer.AsMemory(0, count), ending.Token);
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // One end was reset: so is the other.
            await ending.CancelAsync();
            throw;
        }
    }
}
