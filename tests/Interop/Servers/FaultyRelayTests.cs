using System.Net;
using System.Net.Sockets;
using Xunit;

namespace IoTF.Tests.Interop.Servers;

public sealed class FaultyRelayTests
{
    private const int Length = 1_000_000;

    private static byte[] Sent { get; } = [.. Enumerable.Range(0, Length).Select(number => (byte)(number % 251))];

    [Fact]
    public async Task Each_fault_cuts_what_is_carried_and_leaves_no_gap_in_it()
    {
        await using var server = new TcpAcceptor(async (connection, stopping) => await ExchangeAsync(connection, stopping));
        var plan = new FaultPlan(Count: 100, LongestFromClient: Length / 2, LongestFromServer: Length / 2);
        await using var relay = new FaultyRelay(server.Port, plan);

        while (relay.Faults.Count < plan.Count)
        {
            using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            var came = await ConnectAndExchangeAsync(client, relay.Port);
            Assert.True(Sent.AsSpan().StartsWith(came), $"{plan}: after {relay.Faults.Count} of them, the {came.Length} bytes that came are not those that were sent.");
        }

        using var last = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await last.ConnectAsync(new IPEndPoint(IPAddress.Loopback, relay.Port));
        Assert.Equal(Sent, await ExchangeAsync(last, CancellationToken.None));
    }

    private static async Task<byte[]> ConnectAndExchangeAsync(Socket client, int port)
    {
        try
        {
            await client.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
        }
        catch (SocketException)
        {
            // A fault before the first byte may come before the connection is known to be there.
            return [];
        }

        return await ExchangeAsync(client, CancellationToken.None);
    }

    /// <summary>Sends everything in pieces, more than the relay reads at a time, and reads until the other end closes or the connection breaks.</summary>
    private static async Task<byte[]> ExchangeAsync(Socket connection, CancellationToken stopping)
    {
        using var came = new MemoryStream();
        await Task.WhenAll(Task.Run(SendAsync, stopping), Task.Run(ReceiveAsync, stopping));
        return came.ToArray();

        async Task SendAsync()
        {
            try
            {
                foreach (var piece in Sent.Chunk(5_000))
                {
                    await connection.SendAsync(piece, stopping);
                }

                connection.Shutdown(SocketShutdown.Send);
            }
            catch (SocketException)
            {
                // The network failed, as it should.
            }
        }

        async Task ReceiveAsync()
        {
            var buffer = new byte[4096];
            try
            {
                while (await connection.ReceiveAsync(buffer, stopping) is var count and > 0)
                {
                    came.Write(buffer, 0, count);
                }
            }
            catch (SocketException)
            {
                // The network failed, as it should.
            }
        }
    }
}
