using System.Net.WebSockets;
using IoTF.Mqtt.Links;

namespace IoTF.Mqtt.Transport;

/// <summary>
/// The bytes that a WebSocket carries, for either end (MQTT-3.1.1 §6): each write is one binary message, and reading goes on over the borders of
/// messages, on which packets need not be aligned ([MQTT-6.0.0-2]).
/// </summary>
/// <remarks>
/// A read that is canceled ends the connection, as WebSockets do. Disposing sends a close frame; when that cannot be sent within
/// a second, the connection is cut.
/// </remarks>
public sealed class WebSocketByteStream : Stream
{
    private static readonly TimeSpan GoodbyeLimit = TimeSpan.FromSeconds(1);

    private readonly WebSocket _socket;
    private WebSocketCloseStatus _farewell = WebSocketCloseStatus.NormalClosure;
    private int _disposed;

    /// <summary>A stream over a WebSocket that is open.</summary>
    /// <param name="socket">The WebSocket; the stream owns it, and with it the connection below.</param>
    public WebSocketByteStream(WebSocket socket) => _socket = socket;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Reads what has arrived.</summary>
    /// <returns>How many bytes; zero when the other end has closed.</returns>
    /// <exception cref="LinkException">A text message arrived, which the protocol forbids ([MQTT-6.0.0-1]).</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            ValueWebSocketReceiveResult received;
            try
            {
                received = await _socket.ReceiveAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (WebSocketException exception)
            {
                throw new IOException("The WebSocket broke while reading.", exception);
            }

            switch (received.MessageType)
            {
                case WebSocketMessageType.Close:
                    return 0;
                case WebSocketMessageType.Text:
                    _farewell = WebSocketCloseStatus.InvalidMessageType;
                    throw new LinkException(LinkFailure.Malformed, "A WebSocket message of text arrived; MQTT travels in binary ones.");
                case WebSocketMessageType.Binary when received.Count > 0:
                    return received.Count;
            }
        }
    }

    /// <summary>Sends one binary message.</summary>
    /// <exception cref="IOException">The connection broke, or is closed.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await _socket.SendAsync(buffer, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketException exception)
        {
            throw new IOException("The WebSocket broke while writing.", exception);
        }
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    /// <summary>Does nothing: every write leaves at once.</summary>
    public override void Flush()
    {
    }

    /// <summary>Does nothing: every write leaves at once.</summary>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            CloseAsync().GetAwaiter().GetResult();
        }

        base.Dispose(disposing);
    }

    private async Task CloseAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            {
                using var limit = new CancellationTokenSource(GoodbyeLimit);
                await _socket.CloseOutputAsync(_farewell, statusDescription: null, limit.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection broke, or takes nothing any more: there is nothing left to close.
            _socket.Abort();
        }
        finally
        {
            _socket.Dispose();
        }
    }
}
