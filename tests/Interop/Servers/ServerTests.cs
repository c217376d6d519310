using System.Net;
using System.Net.Sockets;
using System.Text;
using IoTF.Tests.Interop.Signals;
using Xunit;

namespace IoTF.Tests.Interop.Servers;

public sealed class ServerTests
{
    [Fact]
    public async Task A_closed_port_refuses()
    {
        using var port = new ClosedPort();

        var refusal = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(port.Port));

        Assert.Equal(SocketError.ConnectionRefused, refusal.SocketErrorCode);
    }

    [Fact]
    public async Task The_silent_server_takes_everything_and_says_nothing_until_the_client_leaves()
    {
        await using var server = new SilentServer();
        using var client = await ConnectAsync(server.Port);
        await client.SendAsync("hello"u8.ToArray());
        var connection = await server.Connections.WaitForAsync(_ => true);
        await connection.Received.WaitForAsync(5);
        Assert.Equal(0, client.Available);

        client.Shutdown(SocketShutdown.Send);

        await connection.WaitForCloseAsync();
        Assert.Equal("hello"u8.ToArray(), connection.Received.ToArray());
        Assert.Equal("", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task The_plain_server_greets_at_once_and_records_what_comes_afterward()
    {
        await using var server = new PlainServer(PlainAnswer.AtOnce, "220 mail.example.test\r\n");
        using var client = await ConnectAsync(server.Port);

        Assert.Equal("220 mail.example.test\r\n", await ReadToEndAsync(client));
        await client.SendAsync("bye"u8.ToArray());
        client.Shutdown(SocketShutdown.Send);

        var connection = await server.Connections.WaitForAsync(_ => true);
        await connection.WaitForCloseAsync();
        Assert.True(connection.Received.Contains("bye"));
    }

    [Fact]
    public async Task The_plain_server_waits_for_the_first_bytes_and_records_them()
    {
        await using var server = new PlainServer();
        using var client = await ConnectAsync(server.Port);
        await server.Connections.WaitForAsync(_ => true);
        Assert.Equal(0, client.Available);

        await client.SendAsync(new byte[] { 0x16, 0x03, 0x01 });

        Assert.Equal(PlainServer.BadRequest, await ReadToEndAsync(client));
        client.Dispose();
        var connection = Assert.Single(server.Connections.Snapshot());
        await connection.WaitForCloseAsync();
        Assert.Equal([0x16, 0x03, 0x01], connection.Received.ToArray());
    }

    [Fact]
    public async Task A_server_that_is_disposed_hangs_up()
    {
        var server = new SilentServer();
        using var client = await ConnectAsync(server.Port);
        var connection = await server.Connections.WaitForAsync(_ => true);

        await server.DisposeAsync();

        await connection.WaitForCloseAsync();
        Assert.Equal("", await ReadToEndAsync(client));
    }

    [Fact]
    public async Task The_relay_carries_and_records_both_directions_of_each_connection()
    {
        await using var server = new PlainServer(text: "answer");
        await using var relay = new RecordingRelay(server.Port);

        foreach (var question in new[] { "one", "another" })
        {
            var before = relay.Connections.Count;
            using var client = await ConnectAsync(relay.Port);
            await client.SendAsync(Encoding.ASCII.GetBytes(question));
            Assert.Equal("answer", await ReadToEndAsync(client));
            client.Shutdown(SocketShutdown.Send);

            var connection = await relay.Connections.WaitForAsync(_ => true, from: before);
            await connection.WaitForCloseAsync();
            Assert.Equal(Encoding.ASCII.GetBytes(question), connection.FromClient.ToArray());
            Assert.Equal("answer"u8.ToArray(), connection.FromServer.ToArray());
        }
    }

    [Fact]
    public async Task The_relay_can_cut_a_connection_as_a_failing_network_does()
    {
        await using var server = new SilentServer();
        await using var relay = new RecordingRelay(server.Port);
        using var client = await ConnectAsync(relay.Port);
        var connection = await relay.Connections.WaitForAsync(_ => true);
        var behind = await server.Connections.WaitForAsync(_ => true);

        connection.Cut();

        var reset = await Assert.ThrowsAsync<SocketException>(() => ReadToEndAsync(client));
        Assert.Equal(SocketError.ConnectionReset, reset.SocketErrorCode);
        await connection.WaitForCloseAsync();
        await behind.WaitForCloseAsync();
    }

    [Fact]
    public async Task The_relay_closes_the_client_when_the_server_refuses()
    {
        using var closed = new ClosedPort();
        await using var relay = new RecordingRelay(closed.Port);
        using var client = await ConnectAsync(relay.Port);

        Assert.Equal("", await ReadToEndAsync(client));
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(IPAddress.Loopback, port).WaitAsync(Deadline.Default);
        return client;
    }

    private static async Task<string> ReadToEndAsync(Socket client)
    {
        var text = new StringBuilder();
        var buffer = new byte[1024];
        while (await client.ReceiveAsync(buffer).WaitAsync(Deadline.Default) is var count and > 0)
        {
            text.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }

        return text.ToString();
    }
}
