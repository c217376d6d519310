using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using IoTF.Tests.Unit.Mqtt.Links;
using IoTF.Tests.Unit.Mqtt.Proxies;
using Xunit;

namespace IoTF.Tests.Unit.Mqtt.Transport;

public sealed class WebSocketUpgradeTests
{
    [Fact]
    public async Task The_request_asks_for_what_was_demanded_and_the_stream_carries_bytes()
    {
        var request = "";
        await using var server = LocalServer.Does(async stream =>
        {
            request = await HttpText.ReadHeadAsync(stream);
            await HttpText.WriteAsync(stream, Accepting(request));
            await using var socket = new WebSocketByteStream(
                System.Net.WebSockets.WebSocket.CreateFromStream(stream, isServer: true, "mqtt", TimeSpan.Zero));
            var one = new byte[1];
            await socket.ReadExactlyAsync(one);
            await socket.WriteAsync(one);
            await socket.CopyToAsync(Stream.Null);
        });
        await using var stream = await DialAsync(server);
        await stream.WriteAsync(new byte[] { 42 });
        var answer = new byte[1];
        await stream.ReadExactlyAsync(answer).AsTask().WaitAsync(Patience.Limit);

        Assert.Equal(42, answer[0]);
        Assert.StartsWith("GET /some/path HTTP/1.1\r\n", request, StringComparison.Ordinal);
        Assert.Contains($"\r\nHost: 127.0.0.1:{server.Port}\r\n", request, StringComparison.Ordinal);
        Assert.Contains("\r\nSec-WebSocket-Protocol: mqtt\r\n", request, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_WebSocket_that_breaks_off_without_its_close_frame_is_ended_by_the_other_end()
    {
        await using var server = LocalServer.Does(async stream =>
        {
            await HttpText.WriteAsync(stream, Accepting(await HttpText.ReadHeadAsync(stream)));
            await stream.ReadExactlyAsync(new byte[1]);
            stream.Socket.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null);
        });
        await using var link = new Link(await DialAsync(server), new LinkOptions { Version = IoTF.Mqtt.MqttVersion.V311 });
        link.Send(MQTTnet.Packets.MqttPingReqPacket.Instance);
        var exception = await Assert.ThrowsAsync<LinkException>(() => link.FillAsync(CancellationToken.None).AsTask().WaitAsync(Patience.Limit));
        Assert.Equal(LinkFailure.Reset, exception.Failure);
    }

    [Theory]
    [InlineData("HTTP/1.1 404 Not Found\r\n\r\n", "HTTP 404 (NotFound)")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP 200 (OK)")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: wrong\r\n\r\n", "not valid")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", "not HTTP")]
    [InlineData("HTTP/1.1 x\r\n\r\n", "not HTTP")]
    [InlineData("", "closed the connection")]
    public async Task What_is_no_upgrade_is_refused_with_the_answer(string answer, string reason)
    {
        await using var server = LocalServer.Says(Encoding.ASCII.GetBytes(answer));
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server));
        Assert.Equal(LinkFailure.WebSocketRefused, exception.Failure);
        Assert.Contains(reason, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_subprotocol_than_MQTT_is_refused()
    {
        await using var server = LocalServer.Does(async stream =>
        {
            var request = await HttpText.ReadHeadAsync(stream);
            await HttpText.WriteAsync(stream, Accepting(request).Replace("Protocol: mqtt", "Protocol: chat", StringComparison.Ordinal));
        });
        var exception = await Assert.ThrowsAsync<LinkException>(() => DialAsync(server));
        Assert.Equal(LinkFailure.WebSocketRefused, exception.Failure);
    }

    [Fact]
    public async Task An_endless_answer_is_given_up()
    {
        await using var server = LocalServer.Does(async stream =>
        {
            await HttpText.ReadHeadAsync(stream);
            try
            {
                await HttpText.WriteAsync(stream, "HTTP/1.1 101 Switching Protocols\r\nX: " + new string('x', 1_000_000));
            }
            catch (IOException)
            {
                // The client has had enough.
            }
        });
        await Assert.ThrowsAsync<LinkException>(() => DialAsync(server));
    }

    private static string Accepting(string request)
    {
        var key = request.Split("\r\n").First(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.Ordinal))[19..];
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
        return $"HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nconnection: keep-alive, upgrade\r\nsec-websocket-accept: {accept}\r\nSec-WebSocket-Protocol: mqtt\r\n\r\n";
    }

    private static Task<Stream> DialAsync(LocalServer server) =>
        Dialer.DialAsync(new DialTarget("127.0.0.1", server.Port, Tls: null) { WebSocket = new WebSocketDemands("/some/path", "mqtt") }, default).WaitAsync(Patience.Limit);
}
