using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using IoTF.Mqtt;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;
using MQTTnet.Packets;
using Xunit;

namespace IoTF.Tests.Unit.Emulator;

/// <summary>MQTT in a WebSocket, on the ports of MQTT (protocol.md §1.3).</summary>
public sealed class WebSocketTests : EmulatorTest
{
    private const string Key = "dGhlIHNhbXBsZSBub25jZQ==";

    [Theory]
    [InlineData(true, "/mqtt", "mqtt")]
    [InlineData(false, "/mqtt", "mqtt")]
    [InlineData(false, "/", "mqttv3.1")]
    [InlineData(false, "/anything", "mqtt4")]
    [InlineData(false, "/mqtt", null)]
    [InlineData(false, "/mqtt4?x=1", null)]
    public async Task A_client_exchanges_messages_over_a_WebSocket(bool secure, string path, string? protocol)
    {
        using var socket = new ClientWebSocket();
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol("unknown");
            socket.Options.AddSubProtocol(protocol);
        }

        socket.Options.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate!.Issuer == Emulator.CertificateAuthority.Subject;
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var address = secure ? $"wss://localhost:{Emulator.Port}{path}" : $"ws://127.0.0.1:{Emulator.PlainPort}{path}";
        await socket.ConnectAsync(new Uri(address), bound.Token);
        Assert.Equal(protocol, socket.SubProtocol is { Length: > 0 } chosen ? chosen : null);

        await using var link = new Link(new WebSocketByteStream(socket), new LinkOptions { Version = MqttVersion.V311 });
        link.Send(RawClient.ConnectPacket(Application, "dash"));
        Assert.IsType<MqttConnAckPacket>(await link.ReadAsync(bound.Token));
        var connection = Assert.Single(Emulator.Connections);
        Assert.Equal((true, secure), (connection.WebSocket, connection.Secure));

        link.Send(new MqttSubscribePacket
        {
            PacketIdentifier = 1,
            TopicFilters = [new MqttTopicFilter { Topic = AllEvents }, new MqttTopicFilter { Topic = "iot-2/app/dash/mon" }],
        });
        Assert.IsType<MqttSubAckPacket>(await link.ReadAsync(bound.Token));
        var status = Assert.IsType<MqttPublishPacket>(await link.ReadAsync(bound.Token));
        Assert.Contains("\"Protocol\":\"mqtt4-ws\"", Encoding.UTF8.GetString(status.Payload));
        var payload = new byte[100_000];
        new Random(7).NextBytes(payload);
        link.Publish(LongEvent, payload, QualityOfService.AtMostOnce, packetId: 0, retain: false, duplicate: false);
        Assert.Equal(payload, System.Buffers.BuffersExtensions.ToArray(Assert.IsType<MqttPublishPacket>(await link.ReadAsync(bound.Token)).Payload));
    }

    [Theory]
    [InlineData("https://example.com", false)]
    [InlineData("http://localhost.example.com", false)]
    [InlineData("http://127.0.0.1.example.com", false)]
    [InlineData("http://192.168.1.5:8080", false)]
    [InlineData("null", false)]
    [InlineData("file://", false)]
    [InlineData("", false)]
    [InlineData("http://localhost", true)]
    [InlineData("https://LOCALHOST:8443", true)]
    [InlineData("http://127.0.0.1:3000", true)]
    [InlineData("http://[::1]:3000", true)]
    public async Task A_page_of_another_machine_may_not_connect(string origin, bool isAccepted)
    {
        await using var stream = await PlainStreamAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /mqtt HTTP/1.1\r\nHost: x\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\nSec-WebSocket-Key: {Key}\r\n\r\n"));
        var answer = new byte[12];
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await stream.ReadExactlyAsync(answer, bound.Token);
        Assert.Equal(isAccepted ? "HTTP/1.1 101" : "HTTP/1.1 403", Encoding.ASCII.GetString(answer));
    }

    [Fact]
    public async Task The_service_says_goodbye_in_the_WebSocket_too()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Emulator.PlainPort}/"), bound.Token);
        await using var link = new Link(new WebSocketByteStream(socket), new LinkOptions { Version = MqttVersion.V5 });
        link.Send(RawClient.ConnectPacket(Application, "dash"));
        Assert.IsType<MqttConnAckPacket>(await link.ReadAsync(bound.Token));
        var stopping = Emulator.StopAsync();
        Assert.IsType<MqttDisconnectPacket>(await link.ReadAsync(bound.Token));
        Assert.Null(await link.ReadAsync(bound.Token));
        Assert.Equal(WebSocketState.CloseReceived, socket.State);
        await link.DisposeAsync();
        await stopping;
    }

    [Theory]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + Key + "\r\n\r\n", "101 ")]
    [InlineData("GET /chat HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + Key + "\r\n\r\n", "404 ")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + Key + "\r\n\r\n", "404 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Key: " + Key + "\r\n\r\n", "404 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: " + Key + "\r\n\r\n", "426 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n", "400 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n", "400 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", "400 ")]
    [InlineData("GET /mqtt HTTP/1.0\r\nHost: x\r\n\r\n", "400 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\n\r\n", "400 ")]
    [InlineData("GET /mqtt HTTP/1.1\r\nHost: x\r\n\r\n", "404 ")]
    [InlineData("GARBAGE\r\n\r\n", "400 ")]
    public async Task A_request_is_answered_with_its_status(string request, string status)
    {
        await using var stream = await PlainStreamAsync();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        var answer = await ReadHeadAsync(stream);
        Assert.StartsWith($"HTTP/1.1 {status}", answer);

        // The example of RFC 6455 §1.3.
        Assert.Equal(status == "101 ", answer.Contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        if (status != "101 ")
        {
            Assert.Equal(0, await stream.ReadAsync(new byte[1]));
            Assert.Equal(105, Emulator.Refusals[^1].CloseCode);
        }
    }

    [Fact]
    public async Task A_head_that_comes_byte_by_byte_is_understood_and_one_without_an_end_is_refused()
    {
        await using var slow = await PlainStreamAsync();
        foreach (var one in Encoding.ASCII.GetBytes(
            $"GET /mqtt HTTP/1.1\r\nHost: x\r\nUpgrade: WebSocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {Key}\r\n\r\n"))
        {
            await slow.WriteAsync(new[] { one });
        }

        Assert.StartsWith("HTTP/1.1 101 ", await ReadHeadAsync(slow));

        await using var endless = await PlainStreamAsync();
        await endless.WriteAsync(Encoding.ASCII.GetBytes("GET /mqtt HTTP/1.1\r\nX: " + new string('x', 8_192)));
        Assert.StartsWith("HTTP/1.1 400 ", await ReadHeadAsync(endless));
    }

    [Fact]
    public async Task A_message_of_text_closes_the_connection_and_no_other()
    {
        var device = await DeviceAsync(MqttVersion.V311);
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        using var bound = new CancellationTokenSource(RawClient.Bound);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{Emulator.PlainPort}/mqtt"), bound.Token);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, bound.Token);
        try
        {
            Assert.Equal(WebSocketMessageType.Close, (await socket.ReceiveAsync(new byte[100], bound.Token)).MessageType);
        }
        catch (WebSocketException)
        {
            // Closed without a frame.
        }

        await device.ExpectNothingAsync();
    }

    [Fact]
    public async Task TLS_at_the_port_for_plain_text_is_closed_and_said()
    {
        await Assert.ThrowsAsync<LinkException>(() => Dialer.DialAsync(
            new DialTarget("localhost", Emulator.PlainPort!.Value, new TlsDemands { TrustedAuthorities = [Emulator.CertificateAuthority] }), CancellationToken.None));
        Assert.Equal(105, Emulator.Refusals[^1].CloseCode);
        Assert.Contains("TLS", Emulator.Refusals[^1].Reason);
    }

    [Fact]
    public async Task Plain_text_at_the_port_for_TLS_is_closed_in_order()
    {
        using var tcp = new TcpClient("127.0.0.1", Emulator.Port);
        var stream = tcp.GetStream();
        await stream.WriteAsync("\u0010\u000C\0\u0004MQTT"u8.ToArray());
        Assert.Equal(0, await stream.ReadAsync(new byte[10]));
        Assert.Contains("Plain text", Emulator.Refusals[^1].Reason);
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        using var bound = new CancellationTokenSource(RawClient.Bound);
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one, bound.Token) > 0)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}
