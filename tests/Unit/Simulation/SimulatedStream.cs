namespace IoTF.Tests.Unit.Simulation;

/// <summary>One end of a simulated connection. Nothing here waits: it is read only when there is something to read.</summary>
internal sealed class SimulatedStream(SimulatedPipe reads, SimulatedPipe writes) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(reads.Read(buffer.Span));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        writes.Write(buffer.Span);
        return default;
    }

    /// <summary>The other end reads what is on its way and then the end; what it still writes is not taken.</summary>
    public override ValueTask DisposeAsync()
    {
        writes.End();
        reads.Cut(arrives: 0, inOrder: true);
        return default;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
