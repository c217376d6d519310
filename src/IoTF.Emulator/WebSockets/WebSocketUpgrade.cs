using System.Net;
using System.Security.Cryptography;
using System.Text;
using IoTF.Protocol.Rules;

namespace IoTF.Emulator.WebSockets;

/// <summary>The service's answer to a request for a WebSocket (RFC 6455 §4.2, protocol.md §1.3).</summary>
/// <param name="IsAccepted">Whether the WebSocket is open now.</param>
/// <param name="Protocol">The subprotocol that was chosen; null when the client named none in its header.</param>
/// <param name="Answer">What is sent.</param>
/// <param name="Reason">Why it was refused, in words.</param>
internal sealed record WebSocketUpgrade(bool IsAccepted, string? Protocol, string Answer, string Reason)
{
    private const string ProtocolHeader = "Sec-WebSocket-Protocol";
    private const string KeyHeader = "Sec-WebSocket-Key";

    // RFC 6455 §1.3.
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static readonly string[] Protocols = ["mqtt", "mqttv3.1", "mqtt4"];

    /// <summary>Judges a request.</summary>
    /// <param name="request">The request; null for something that is none.</param>
    public static WebSocketUpgrade Judge(HttpRequest? request)
    {
        if (request is not { Method: "GET" } || !request.Has("Host"))
        {
            return Refuse("400 Bad Request", "The data received is not an HTTP request for a WebSocket.");
        }

        if (!request.Lists("Upgrade", "websocket") || !request.Lists("Connection", "Upgrade"))
        {
            return Refuse("404 Not Found", $"Only WebSocket upgrades are served here, not {Quotation.Of(request.Path)}.");
        }

        // A browser names the page that connects. Any page of the web could reach a port of this machine; one that this machine serves may.
        if (request.Has("Origin") && !IsOfThisMachine(request["Origin"]))
        {
            return Refuse("403 Forbidden", $"A page from {Quotation.Of(request["Origin"])} connects, and only pages from this machine may.");
        }

        if (request["Sec-WebSocket-Version"] != "13")
        {
            return Refuse("426 Upgrade Required", "The WebSocket is not of version 13.", "Sec-WebSocket-Version: 13\r\n");
        }

        var key = request[KeyHeader];
        if (!IsKey(key))
        {
            return Refuse("400 Bad Request", "The key of the WebSocket is not 16 bytes in base64.");
        }

        // Without the header, the name of the path is the protocol.
        var offered = request.Has(ProtocolHeader) ? request.Words(ProtocolHeader) : [request.Path.TrimStart('/')];
        if (Array.Find(offered, static name => Protocols.Contains(name)) is not { } chosen)
        {
            return Refuse("404 Not Found", $"The WebSocket is for {Quotation.Of(string.Join(", ", offered))}, and {string.Join(", ", Protocols)} are known.");
        }

        var protocol = request.Has(ProtocolHeader) ? chosen : null;
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
        return new WebSocketUpgrade(
            IsAccepted: true,
            protocol,
            $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
                + (protocol is null ? "\r\n" : $"{ProtocolHeader}: {protocol}\r\n\r\n"),
            Reason: "");
    }

    private static bool IsOfThisMachine(string origin) => Uri.TryCreate(origin, UriKind.Absolute, out var page)
        && (page.Scheme == Uri.UriSchemeHttp || page.Scheme == Uri.UriSchemeHttps)
        && (page.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(page.IdnHost, out var address) && IPAddress.IsLoopback(address)));

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[16];
        return key.Length == 24 && Convert.TryFromBase64String(key, bytes, out var count) && count == bytes.Length;
    }

    private static WebSocketUpgrade Refuse(string status, string reason, string header = "") => new(
        IsAccepted: false, Protocol: null, $"HTTP/1.1 {status}\r\n{header}Content-Length: 0\r\nConnection: close\r\n\r\n", reason);
}
