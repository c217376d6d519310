using System.Net.Security;
using System.Net.Sockets;
using IoTF.Mqtt.Links;

namespace IoTF.Emulator.Connections;

/// <summary>The socket of a connection and the stream over it: how it is opened, and how it is closed so that the client gets the last answer.</summary>
internal sealed class Doorway
{
    // How long each step of a close may take; it is about the network, not about the service's rules.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _hungUp = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Socket _socket;
    private Stream? _stream;

    public Doorway(Socket socket, bool secure)
    {
        _socket = socket;
        Secure = secure;
        RemoteAddress = socket.RemoteEndPoint?.ToString() ?? "";
    }

    public bool Secure { get; }

    public string RemoteAddress { get; }

    /// <summary>The host name the client asked for in the TLS handshake (SNI); null without one.</summary>
    public string? ServerName => _stream is SslStream { TargetHostName: { Length: > 0 } name } ? name : null;

    public async Task<Stream> OpenAsync(SslServerAuthenticationOptions tlsOptions, CancellationToken cancellationToken)
    {
        _socket.NoDelay = true;
        var plain = new NetworkStream(_socket, ownsSocket: true);
        if (!Secure)
        {
            return _stream = plain;
        }

        // Closed by hanging up when the handshake fails, after the reason was written down.
        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        _stream = tls;
        await tls.AuthenticateAsServerAsync(tlsOptions, cancellationToken).ConfigureAwait(false);
        return tls;
    }

    /// <summary>Ends when the socket is closed.</summary>
    public Task HungUp => _hungUp.Task;

    /// <summary>
    /// Lets what is queued leave, says that no more comes, and waits a moment for the client to close: closing a socket with unread bytes
    /// in it would take the last answer from the client.
    /// </summary>
    /// <param name="link">What was carried over the stream; null when it came to none.</param>
    public async Task HangUpAsync(Link? link)
    {
        try
        {
            if (link is not null)
            {
                await Task.WhenAny(link.FlushAsync(CancellationToken.None), Task.Delay(Patience)).ConfigureAwait(false);
                await Task.WhenAny(ShutDownSendingAsync(), Task.Delay(Patience)).ConfigureAwait(false);
                await Task.WhenAny(_drained.Task, Task.Delay(Patience)).ConfigureAwait(false);
                await link.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            _stream?.Dispose();
            _socket.Dispose();
            _hungUp.TrySetResult();
        }
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

    private async Task ShutDownSendingAsync()
    {
        try
        {
            if (_stream is SslStream tls)
            {
                await tls.ShutdownAsync().ConfigureAwait(false);
            }

            _socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // The client was faster.
        }
    }

    private static bool IsClosed(Exception exception) =>
        exception is IOException or ObjectDisposedException or InvalidOperationException or SocketException or System.ComponentModel.Win32Exception;
}
