using IoTF.Emulator;

namespace IoTF.PowerShell.Emulation;

/// <summary>A filter that the members of a scalable application share, as it was when it was asked for.</summary>
public sealed class IoTFEmulatorSharedSubscription
{
    internal IoTFEmulatorSharedSubscription(EmulatorSharedSubscription shared)
    {
        Name = shared.Name;
        Members = [.. shared.Members];
        Queued = shared.Queued;
        Dropped = shared.Dropped;
    }

    /// <summary>What the service calls it.</summary>
    public string Name { get; }

    /// <summary>The ClientIds of its members, connected or not.</summary>
    public string[] Members { get; }

    /// <summary>Messages that wait for a member with room.</summary>
    public int Queued { get; }

    /// <summary>Messages dropped because too many waited, or because they waited too long.</summary>
    public long Dropped { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
