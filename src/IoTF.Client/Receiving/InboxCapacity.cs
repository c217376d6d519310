namespace IoTF.Client.Receiving;

/// <summary>How much waits in an inbox of what the service does not keep: messages of QoS 0, and those that were set aside.</summary>
/// <param name="Messages">At most so many messages.</param>
/// <param name="Bytes">At most so many bytes, by <see cref="ReceivedMessage.Size"/>.</param>
internal readonly record struct InboxCapacity(int Messages, long Bytes)
{
    private const int MiB = 1024 * 1024;

    /// <summary>What the inboxes of a session hold.</summary>
    public static readonly InboxCapacity Default = new(10_000, 64 * MiB);

    public bool IsExceededBy(int messages, long bytes) => messages > Messages || bytes > Bytes;

    public override string ToString() => $"{Messages:N0} messages or {Bytes / MiB:N0} MiB";
}
