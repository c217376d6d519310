using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>Turns a connection into a WebSocket, the client's side of RFC 6455 §4.1.</summary>
internal static class WebSocketUpgrade
{
    private const string KeySuffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /// <summary>Asks for the upgrade and takes the answer.</summary>
    /// <param name="connected">A TCP or TLS stream; it is disposed of when the upgrade fails.</param>
    /// <param name="authority">Host and port.</param>
    /// <param name="demands">What is asked for.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <exception cref="LinkException">The server refuses, or does not speak HTTP.</exception>
    public static async Task<Stream> AsClientAsync(Stream connected, string authority, WebSocketDemands demands, CancellationToken cancellationToken)
    {
        try
        {
            var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
            var request = $"GET {demands.Path} HTTP/1.1\r\nHost: {authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + $"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {demands.Protocol}\r\n\r\n";
            await connected.WriteAsync(Encoding.ASCII.GetBytes(request), cancellationToken).ConfigureAwait(false);
            Check(await HttpHead.ReadAsync(connected, cancellationToken).ConfigureAwait(false), key, demands.Protocol);

            // MQTT asks for itself whether the other end is there.
            var options = new WebSocketCreationOptions { IsServer = false, SubProtocol = demands.Protocol, KeepAliveInterval = TimeSpan.Zero };
            return new WebSocketByteStream(WebSocket.CreateFromStream(connected, options));
        }
        catch (Exception exception)
        {
            await connected.DisposeAsync().ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
            throw exception switch
            {
                InvalidDataException => Refused("The server answered the WebSocket request with something that is not HTTP.", exception),
                EndOfStreamException => Refused("The server closed the connection instead of answering the WebSocket request.", exception),
                IOException and not LinkException => new LinkException(LinkFailure.Broken, "The network broke the connection during the WebSocket request.", exception),
                _ => exception,
            };
        }
    }

    private static void Check(HttpHead answer, string key, string protocol)
    {
        if (answer.Status != 101)
        {
            throw Refused($"The server answered the WebSocket request with {answer.StatusText}.");
        }

        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + KeySuffix)));
        if (!answer.Lists("Upgrade", "websocket") || !answer.Lists("Connection", "Upgrade") || !answer.Values("Sec-WebSocket-Accept").SequenceEqual([accept]))
        {
            throw Refused("The server's answer to the WebSocket request is not valid (RFC 6455 §4.1).");
        }

        // A server that names none is taken at its deeds: what it sends has to be MQTT.
        if (answer.Values("Sec-WebSocket-Protocol").Any(chosen => chosen != protocol))
        {
            throw Refused($"The server chose another WebSocket subprotocol than '{protocol}'.");
        }
    }

    private static LinkException Refused(string message, Exception? cause = null) => new(LinkFailure.WebSocketRefused, message, cause);
}
