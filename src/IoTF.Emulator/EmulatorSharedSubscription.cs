namespace IoTF.Emulator;

/// <summary>A filter that the members of a scalable application share, as it was when it was asked for (protocol.md §2.5).</summary>
public sealed record EmulatorSharedSubscription
{
    /// <summary>What the service calls it.</summary>
    public required string Name { get; init; }

    /// <summary>The ClientIds of its members, connected or not.</summary>
    public required IReadOnlyList<string> Members { get; init; }

    /// <summary>Messages that wait for a member with room.</summary>
    public required int Queued { get; init; }

    /// <summary>Messages dropped because too many waited, or because they waited too long.</summary>
    public required long Dropped { get; init; }
}
