namespace IoTF.Mqtt.Transport;

/// <summary>
/// Passes everything on and remembers what a peer says in the clear during a TLS handshake, because that tells why it failed: the first bytes, and the
/// alert with which it ends the handshake. The platforms' exceptions differ.
/// </summary>
internal sealed class HandshakeBytes(Stream inner) : Stream
{
    private const int RecordHeader = 5;
    private const byte ChangeCipherSpecRecord = 20;
    private const byte AlertRecord = 21;
    private const int AlertSize = 2;

    private readonly byte[] _first = new byte[16];
    private readonly byte[] _record = new byte[RecordHeader + AlertSize];
    private int _count;

    /// <summary>How much of <see cref="_record"/> is filled, and how many bytes of the record come after that.</summary>
    private int _held;
    private int _rest;
    private bool _isOver;

    /// <summary>The first bytes that arrived, 16 at most.</summary>
    public ReadOnlySpan<byte> First => _first.AsSpan(0, _count);

    /// <summary>The description of the alert that arrived last before encryption began; null when there was none.</summary>
    public byte? Alert { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var count = inner.Read(buffer);
        Remember(buffer[..count]);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        _isOver ? inner.ReadAsync(buffer, cancellationToken) : ReadAndRememberAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => inner.Write(buffer);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override void Flush() => inner.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadAndRememberAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        Remember(buffer.Span[..count]);
        return count;
    }

    private void Remember(ReadOnlySpan<byte> arrived)
    {
        var room = Math.Min(arrived.Length, _first.Length - _count);
        arrived[..room].CopyTo(_first.AsSpan(_count));
        _count += room;
        while (!_isOver && arrived.Length > 0)
        {
            var taken = Math.Min(arrived.Length, _rest > 0 ? _rest : 1);
            if (_rest > 0)
            {
                _rest -= taken;
            }
            else
            {
                TakeHead(arrived[0]);
            }

            arrived = arrived[taken..];
        }
    }

    /// <summary>Takes one byte of the head of a record (RFC 5246 §6.2.1), or of an alert.</summary>
    private void TakeHead(byte next)
    {
        _record[_held++] = next;
        if (_held < RecordHeader)
        {
            return;
        }

        var size = (_record[3] << 8) | _record[4];
        if (_record[0] == AlertRecord && size == AlertSize)
        {
            if (_held == RecordHeader + AlertSize)
            {
                Alert = _record[^1];
                _held = 0;
            }

            return;
        }

        // What comes after this record is encrypted.
        _isOver = _record[0] == ChangeCipherSpecRecord;
        (_held, _rest) = (0, size);
    }
}
