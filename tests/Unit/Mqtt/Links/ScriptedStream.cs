using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace IoTF.Tests.Unit.Mqtt.Links;

/// <summary>The network end of a link: a test feeds what arrives chunk by chunk, and holds, fails and sees what leaves.</summary>
internal sealed class ScriptedStream : Stream
{
    private readonly Channel<byte[]> _arriving = Channel.CreateUnbounded<byte[]>();
    private readonly SemaphoreSlim _writeStarted = new(0);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte[]> _writes = [];
    private TaskCompletionSource _open = Opened();
    private byte[] _rest = [];

    /// <summary>What every write throws, when set.</summary>
    public Exception? WriteFailure { get; set; }

    public Exception? ReadFailure { get; set; }

    public Task Disposed => _disposed.Task;

    /// <summary>The largest number of bytes that a read had room for.</summary>
    public int LargestRead { get; private set; }

    /// <summary>The arrays, not copies of them, that were given to be written.</summary>
    public List<byte[]> Buffers { get; } = [];

    public IReadOnlyList<byte[]> Writes
    {
        get
        {
            lock (_writes)
            {
                return [.. _writes];
            }
        }
    }

    public byte[] Written => [.. Writes.SelectMany(write => write)];

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public void Feed(params byte[] chunk) => _arriving.Writer.TryWrite(chunk);

    public void FeedEnd() => _arriving.Writer.TryComplete();

    public void HoldWrites() => _open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReleaseWrites() => _open.TrySetResult();

    public Task WriteStartedAsync() => _writeStarted.WaitAsync().WaitAsync(Patience.Limit);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        LargestRead = Math.Max(LargestRead, buffer.Length);
        if (ReadFailure is { } failure)
        {
            throw failure;
        }

        if (_rest.Length == 0)
        {
            if (!await _arriving.Reader.WaitToReadAsync(cancellationToken) || !_arriving.Reader.TryRead(out var chunk))
            {
                return 0;
            }

            _rest = chunk;
        }

        var count = Math.Min(_rest.Length, buffer.Length);
        _rest.AsSpan(0, count).CopyTo(buffer.Span);
        _rest = _rest[count..];
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var bytes = buffer.ToArray();
        if (MemoryMarshal.TryGetArray(buffer, out var segment))
        {
            Buffers.Add(segment.Array!);
        }

        _writeStarted.Release();
        await Task.WhenAny(_open.Task, Disposed);
        ObjectDisposedException.ThrowIf(Disposed.IsCompleted, this);
        if (WriteFailure is { } failure)
        {
            throw failure;
        }

        lock (_writes)
        {
            _writes.Add(bytes);
        }
    }

    public override ValueTask DisposeAsync()
    {
        _disposed.TrySetResult();
        _arriving.Writer.TryComplete(new ObjectDisposedException(nameof(ScriptedStream)));
        return ValueTask.CompletedTask;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private static TaskCompletionSource Opened()
    {
        var source = new TaskCompletionSource();
        source.SetResult();
        return source;
    }
}
