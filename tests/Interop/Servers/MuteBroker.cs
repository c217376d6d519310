using System.Net.Sockets;
using IoTF.Tests.Interop.Signals;

namespace IoTF.Tests.Interop.Servers;

/// <summary>Speaks just enough MQTT 3.1.1 to be connected to and subscribed at, and acknowledges no message, ever.</summary>
public sealed class MuteBroker : IAsyncDisposable
{
    private const int Connect = 1, Publish = 3, Subscribe = 8, Disconnect = 14;

    private readonly CancellationTokenSource hangingUp = new();
    private readonly TcpAcceptor acceptor;

    public MuteBroker() => acceptor = new TcpAcceptor(ServeAsync);

    public int Port => acceptor.Port;

    /// <summary>False to leave even the subscription unanswered.</summary>
    public bool AnswersSubscribe { get; init; } = true;

    /// <summary>False to read nothing more after a subscription, so that the network fills up.</summary>
    public bool ReadsMessages { get; init; } = true;

    /// <summary>The types of the packets that came, in order.</summary>
    public SignalLog<int> Packets { get; } = new("packets that came to the mute broker");

    /// <summary>Waits until so many messages have come.</summary>
    public Task WaitForMessagesAsync(int count) => Packets.WaitForManyAsync(count, type => type == Publish);

    public Task WaitForSubscribeAsync() => Packets.WaitForAsync(type => type == Subscribe);

    public Task WaitForDisconnectAsync() => Packets.WaitForAsync(type => type == Disconnect);

    /// <summary>Closes every connection, so that nobody waits for acknowledgements any longer.</summary>
    public void HangUp() => hangingUp.Cancel();

    public async ValueTask DisposeAsync()
    {
        await acceptor.DisposeAsync();
        hangingUp.Dispose();
    }

    private async Task ServeAsync(Socket socket, CancellationToken stopping)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping, hangingUp.Token);
        await using var stream = new NetworkStream(socket);
        var type = 0;
        while (type != Disconnect)
        {
            var (next, body) = await ReadPacketAsync(stream, ending.Token);
            type = next;
            switch (type)
            {
                case Connect:
                    await stream.WriteAsync(new byte[] { 0x20, 2, 0, 0 }, ending.Token);
                    break;
                case Subscribe when AnswersSubscribe:
                    // One filter, as devices have: QoS 2 is granted.
                    await stream.WriteAsync(new byte[] { 0x90, 3, body[0], body[1], 2 }, ending.Token);
                    break;
            }

            Packets.Add(type);
            if (type == Subscribe && !ReadsMessages)
            {
                await Task.Delay(Timeout.Infinite, ending.Token);
            }
        }
    }

    private static async Task<(int Type, byte[] Body)> ReadPacketAsync(Stream stream, CancellationToken stopping)
    {
        var first = new byte[1];
        await stream.ReadExactlyAsync(first, stopping);
        var body = new byte[await ReadLengthAsync(stream, stopping)];
        await stream.ReadExactlyAsync(body, stopping);
        return (first[0] >> 4, body);
    }

    /// <summary>Reads a remaining length (MQTT-3.1.1 §2.2.3).</summary>
    private static async Task<int> ReadLengthAsync(Stream stream, CancellationToken stopping)
    {
        var digit = new byte[1];
        for (int length = 0, shift = 0; ; shift += 7)
        {
            await stream.ReadExactlyAsync(digit, stopping);
            length |= (digit[0] & 0x7F) << shift;
            if (digit[0] < 0x80)
            {
                return length;
            }
        }
    }
}
