using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using IoTF.Emulator.Refusals;
using IoTF.Emulator.WebSockets;
using IoTF.Mqtt.Links;
using IoTF.Mqtt.Transport;

namespace IoTF.Emulator.Connections;

/// <summary>The socket of a connection and the stream over it: how it is opened, and how it is closed so that the client gets the last answer.</summary>
internal sealed class Doorway
{
    private const byte TlsHandshakeRecord = 0x16;
    private const byte HttpGet = (byte)'G';

    // How long each step of a close may take; it is about the network, not about the service's rules.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private Stream? _stream;
    private SslStream? _tls;
    private WebSocket? _webSocket;
    private bool _isTurnedAway;

    public Doorway(Socket socket, bool secure)
    {
        _socket = socket;
        Secure = secure;
        RemoteAddress = socket.RemoteEndPoint?.ToString() ?? "";
    }

    public bool Secure { get; }

    public string RemoteAddress { get; }

    /// <summary>Whether MQTT travels in a WebSocket.</summary>
    public bool IsWebSocket => _webSocket is not null;

    /// <summary>The host name the client asked for in the TLS handshake (SNI); null without one.</summary>
    public string? ServerName => _tls is { TargetHostName: { Length: > 0 } name } ? name : null;

    /// <summary>Carries the packets; null until the connection is open.</summary>
    public Link? Link { get; private set; }

    /// <summary>Ends when the socket is closed.</summary>
    public Task HungUp => _hungUp.Task;

    /// <summary>Secures the connection and opens the WebSocket, where the client begins one: both share the ports of MQTT (protocol.md §1.3).</summary>
    /// <exception cref="NotAdmittedException">What the client begins with does not belong here.</exception>
    public async Task<Link> OpenAsync(SslServerAuthenticationOptions tlsOptions, LinkOptions linkOptions, CancellationToken cancellationToken)
    {
        _socket.NoDelay = true;
        _stream = new NetworkStream(_socket, ownsSocket: true);
        var first = new byte[1];
        if (await _socket.ReceiveAsync(first, SocketFlags.Peek, cancellationToken).ConfigureAwait(false) > 0 && first[0] == TlsHandshakeRecord != Secure)
        {
            throw TurnAway(
                Secure ? CloseReason.TlsFailed : CloseReason.InvalidData,
                Secure ? "Plain text arrived at the port for TLS." : "A TLS handshake arrived at the port for plain text.");
        }

        if (Secure)
        {
            // Closed by hanging up when the handshake fails, after the reason was written down.
            _stream = _tls = new SslStream(_stream, leaveInnerStreamOpen: false);
            await _tls.AuthenticateAsServerAsync(tlsOptions, cancellationToken).ConfigureAwait(false);
            var count = await _tls.ReadAsync(first, cancellationToken).ConfigureAwait(false);
            _stream = new UnreadStream(_tls, first.AsMemory(0, count));
        }

        if (first[0] == HttpGet)
        {
            _stream = await AcceptWebSocketAsync(_stream, cancellationToken).ConfigureAwait(false);
        }

        return Link = new Link(_stream, linkOptions);
    }

    /// <summary>
    /// Lets what is queued leave, says that no more comes, and waits a moment for the client to close: closing a socket with unread bytes
    /// in it would take the last answer from the client.
    /// </summary>
    public async Task HangUpAsync()
    {
        // There is none yet when the service stops during the handshake.
        var link = Link;
        try
        {
            if (link is not null)
            {
                await Task.WhenAny(link.FlushAsync(CancellationToken.None), Task.Delay(Patience)).ConfigureAwait(false);
            }

            if (link is not null || _isTurnedAway)
            {
                await Task.WhenAny(ShutDownSendingAsync(), Task.Delay(Patience)).ConfigureAwait(false);
                await Task.WhenAny(_drained.Task, Task.Delay(Patience)).ConfigureAwait(false);
            }

            if (link is not null)
            {
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The client was faster.
        }
        finally
        {
            Close();
        }
    }

    /// <summary>Cuts the connection as a network does that breaks: nothing is said any more.</summary>
    public void Cut()
    {
        try
        {
            _socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The client was faster.
        }

        _socket.Dispose();
        Close();
    }

    /// <summary>Reads and forgets what still comes, until the client or <see cref="HangUpAsync"/> closes. Belongs to the reader.</summary>
    public async Task DrainAsync()
    {
        try
        {
            var scratch = new byte[1024];
            while (_stream is not null && await _stream.ReadAsync(scratch).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // Closed, which is what was waited for.
        }
        finally
        {
            _drained.TrySetResult();
        }
    }

    private async Task<Stream> AcceptWebSocketAsync(Stream stream, CancellationToken cancellationToken)
    {
        var (request, rest) = await HttpRequest.ReadAsync(stream, cancellationToken).ConfigureAwait(false);
        var upgrade = WebSocketUpgrade.Judge(request);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(upgrade.Answer), cancellationToken).ConfigureAwait(false);
        if (!upgrade.IsAccepted)
        {
            throw TurnAway(CloseReason.InvalidData, upgrade.Reason);
        }

        _webSocket = WebSocket.CreateFromStream(
            rest.Length == 0 ? stream : new UnreadStream(stream, rest),
            new WebSocketCreationOptions { IsServer = true, SubProtocol = upgrade.Protocol, KeepAliveInterval = TimeSpan.Zero });
        return new WebSocketByteStream(_webSocket);
    }

    private NotAdmittedException TurnAway(CloseReason reason, string words)
    {
        _isTurnedAway = true;
        return new NotAdmittedException(reason, words);
    }

    private async Task ShutDownSendingAsync()
    {
        try
        {
            if (_webSocket is not null)
            {
                await _webSocket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, statusDescription: null, CancellationToken.None).ConfigureAwait(false);
            }

            if (_tls is not null)
            {
                await _tls.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The client was faster.
        }
    }

    private void Close()
    {
        try
        {
            _stream?.Dispose();
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // Closing a TLS stream or a WebSocket writes; there is nobody to write to any more.
        }
        finally
        {
            _socket.Dispose();
            _hungUp.TrySetResult();
        }
    }

    private static bool IsClosed(Exception exception) => exception
        is IOException or ObjectDisposedException or InvalidOperationException or SocketException or System.ComponentModel.Win32Exception or OperationCanceledException;
}
