namespace IoTF.Emulator;

/// <summary>Counts what passes through the local service.</summary>
internal sealed class Traffic
{
    private long _connections;
    private long _messagesIn;
    private long _messagesOut;

    public long Connections => Interlocked.Read(ref _connections);

    public long MessagesIn => Interlocked.Read(ref _messagesIn);

    public long MessagesOut => Interlocked.Read(ref _messagesOut);

    public void CountConnection() => Interlocked.Increment(ref _connections);

    public void CountIn() => Interlocked.Increment(ref _messagesIn);

    public void CountOut() => Interlocked.Increment(ref _messagesOut);
}
