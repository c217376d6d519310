using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>One connection of a client to a server of the tests.</summary>
public sealed class RecordedConnection
{
    private readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Everything the client sent.</summary>
    public ByteRecord Received { get; } = new();

    /// <summary>Ends when the connection is over; nothing is received afterward.</summary>
    public Task WaitForCloseAsync(TimeSpan? timeout = null) => closed.Task.WaitAsync(timeout ?? Deadline.Default);

    /// <summary>Records until the client closes.</summary>
    internal async Task RecordAsync(Socket connection, CancellationToken stopping)
    {
        while (await RecordSomeAsync(connection, stopping))
        {
        }
    }

    /// <summary>Records what the client sends next.</summary>
    /// <returns>False when the client has closed.</returns>
    internal async Task<bool> RecordSomeAsync(Socket connection, CancellationToken stopping)
    {
        var buffer = new byte[16 * 1024];
        var count = await connection.ReceiveAsync(buffer, stopping);
        Received.Add(buffer.AsSpan(0, count));
        return count > 0;
    }

    internal void Close()
    {
        Received.Complete();
        closed.TrySetResult();
    }
}
