using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class WebSocketByteStreamTests : IAsyncLifetime
{
    private WebSocket _server = null!;
    private WebSocketByteStream _client = null!;
    private Socket _clientSocket = null!;

    public async Task InitializeAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _clientSocket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await _clientSocket.ConnectAsync(listener.LocalEndpoint);
        var accepted = await listener.AcceptSocketAsync();
        _server = WebSocket.CreateFromStream(new NetworkStream(accepted, ownsSocket: true), isServer: true, "mqtt", TimeSpan.Zero);
        _client = new WebSocketByteStream(
            WebSocket.CreateFromStream(new NetworkStream(_clientSocket, ownsSocket: true), isServer: false, "mqtt", TimeSpan.Zero));
    }

    public async Task DisposeAsync()
    {
        _server.Dispose();
        await _client.DisposeAsync();
    }

    [Fact]
    public async Task Each_write_is_one_binary_message()
    {
        await _client.WriteAsync(new byte[] { 1, 2, 3 });
        await _client.WriteAsync(new byte[] { 4 });
        foreach (var expected in new byte[][] { [1, 2, 3], [4] })
        {
            var buffer = new byte[16];
            var received = await _server.ReceiveAsync(buffer, default).WaitAsync(Patience.Limit);
            Assert.Equal(WebSocketMessageType.Binary, received.MessageType);
            Assert.True(received.EndOfMessage);
            Assert.Equal(expected, buffer[..received.Count]);
        }
    }

    [Fact]
    public async Task Reading_goes_on_over_the_borders_of_messages_and_fragments()
    {
        await SendAsync([1, 2], end: false);
        await SendAsync([], end: false);
        await SendAsync([3], end: true);
        await SendAsync([], end: true);
        await SendAsync([4, 5, 6], end: true);

        var all = new byte[6];
        await _client.ReadExactlyAsync(all).AsTask().WaitAsync(Patience.Limit);
        Assert.Equal([1, 2, 3, 4, 5, 6], all);
    }

    [Fact]
    public async Task A_message_that_is_larger_than_the_buffer_is_read_in_parts()
    {
        var sent = new byte[100_000];
        new Random(1).NextBytes(sent);
        var sending = SendAsync(sent, end: true);
        var all = new byte[sent.Length];
        for (var read = 0; read < all.Length;)
        {
            read += await _client.ReadAsync(all.AsMemory(read, Math.Min(999, all.Length - read))).AsTask().WaitAsync(Patience.Limit);
        }

        await sending;
        Assert.Equal(sent, all);
    }

    [Fact]
    public async Task The_close_of_the_other_end_is_the_end_of_the_stream()
    {
        await SendAsync([7], end: true);
        await _server.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        var buffer = new byte[8];
        Assert.Equal(1, await ReadAsync(buffer));
        Assert.Equal(0, await ReadAsync(buffer));
    }

    [Fact]
    public async Task A_connection_that_breaks_without_a_close_is_an_IO_error()
    {
        _server.Abort();
        await Assert.ThrowsAnyAsync<IOException>(() => ReadAsync(new byte[8]));
    }

    [Fact]
    public async Task A_text_message_is_a_protocol_error_and_the_goodbye_says_so()
    {
        await _server.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        var exception = await Assert.ThrowsAsync<LinkException>(() => ReadAsync(new byte[8]));
        Assert.Equal(LinkFailure.Malformed, exception.Failure);

        await _client.DisposeAsync();
        await AssertClosedAsync(WebSocketCloseStatus.InvalidMessageType);
    }

    [Fact]
    public async Task A_link_passes_the_protocol_error_on()
    {
        await using var link = new Link(_client, new LinkOptions { Version = MqttVersion.V311 });
        await _server.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        var exception = await Assert.ThrowsAsync<LinkException>(() => link.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.Malformed, exception.Failure);
    }

    [Fact]
    public async Task Disposing_says_goodbye_once()
    {
        await _client.DisposeAsync();
        await _client.DisposeAsync();
        await AssertClosedAsync(WebSocketCloseStatus.NormalClosure);
        await Assert.ThrowsAnyAsync<Exception>(() => ReadAsync(new byte[8]));
    }

    [Fact]
    public async Task Disposing_answers_the_close_of_the_other_end()
    {
        await _server.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, null, default);
        Assert.Equal(0, await ReadAsync(new byte[8]));
        _client.Dispose();
        await AssertClosedAsync(WebSocketCloseStatus.NormalClosure);
        Assert.Equal(WebSocketState.Closed, _server.State);
    }

    [Fact]
    public async Task Disposing_ends_a_read_that_waits()
    {
        var reading = ReadAsync(new byte[8]);
        await _client.DisposeAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => reading);
    }

    [Fact]
    public async Task Disposing_does_not_wait_for_a_peer_that_takes_nothing()
    {
        _clientSocket.SendBufferSize = 4096;
        var writing = _client.WriteAsync(new byte[64 * 1024 * 1024]).AsTask();
        Assert.False(writing.IsCompleted);
        await _client.DisposeAsync().AsTask().WaitAsync(Patience.Limit);
        await Assert.ThrowsAnyAsync<Exception>(() => writing.WaitAsync(Patience.Limit));
    }

    [Fact]
    public async Task Packets_travel_in_both_directions()
    {
        await using var near = new Link(_client, new LinkOptions { Version = MqttVersion.V311 });
        await using var far = new Link(new WebSocketByteStream(_server), new LinkOptions());
        near.Send(new MqttConnectPacket { ClientId = "d:abc123:pump:p-001", CleanSession = true });
        var connect = Assert.IsType<MqttConnectPacket>(await far.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
        Assert.Equal("d:abc123:pump:p-001", connect.ClientId);
        far.Send(new MqttConnAckPacket());
        Assert.IsType<MqttConnAckPacket>(await near.ReadAsync(default).AsTask().WaitAsync(Patience.Limit));
    }

    private Task SendAsync(byte[] part, bool end) => _server.SendAsync(part, WebSocketMessageType.Binary, end, default);

    private Task<int> ReadAsync(byte[] buffer) => _client.ReadAsync(buffer).AsTask().WaitAsync(Patience.Limit);

    private async Task AssertClosedAsync(WebSocketCloseStatus status)
    {
        var received = await _server.ReceiveAsync(new byte[8], default).WaitAsync(Patience.Limit);
        Assert.Equal(WebSocketMessageType.Close, received.MessageType);
        Assert.Equal(status, _server.CloseStatus);
    }
}
