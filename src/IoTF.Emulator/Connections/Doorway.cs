using System.Net.Security;
using System.Net.Sockets;

namespace IoTF.Emulator.Connections;

/// <summary>The socket of a connection and the stream over it: how it is opened, and how it is closed so that the client gets the last answer.</summary>
internal sealed class Doorway : IDisposable
{
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

        var tls = new SslStream(plain, leaveInnerStreamOpen: false);
        try
        {
            await tls.AuthenticateAsServerAsync(tlsOptions, cancellationToken).ConfigureAwait(false);
            return _stream = tls;
        }
        catch
        {
            await tls.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Says that no more comes; the other direction stays open. Nothing may be written any more.</summary>
    public async Task ShutDownSendingAsync()
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

    /// <summary>Reads and forgets what still comes, until the client or <see cref="Dispose"/> closes.</summary>
    public async Task DrainAsync()
    {
        if (_stream is null)
        {
            return;
        }

        var scratch = new byte[1024];
        try
        {
            while (await _stream.ReadAsync(scratch).ConfigureAwait(false) > 0)
            {
            }
        }
        catch (Exception exception) when (IsClosed(exception))
        {
            // Closed, which is what was waited for.
        }
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _socket.Dispose();
    }

    private static bool IsClosed(Exception exception) =>
        exception is IOException or ObjectDisposedException or InvalidOperationException or SocketException or System.ComponentModel.Win32Exception;
}
