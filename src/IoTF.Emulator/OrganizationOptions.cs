using IoTF.Mqtt;
using IoTF.Protocol.Limits;

namespace IoTF.Emulator;

/// <summary>What one organization of the local service allows: the settings that an installation makes for each of its tenants (protocol.md §2.6, §12).</summary>
public sealed record OrganizationOptions
{
    /// <summary>The largest <see cref="MaximumPayload"/> that can be set, in bytes: a bound of this emulator.</summary>
    public const int LargestPayload = 64 * 1024 * 1024;

    /// <summary>The most bytes of a payload; a larger one closes the connection with code 287 (protocol.md §2.6).</summary>
    public int MaximumPayload { get; init; } = ServiceLimits.MaximumPayload;

    /// <summary>The highest QoS: publishing above it closes the connection with code 291; for subscriptions and last wills it is lowered silently (protocol.md §2.6).</summary>
    public QualityOfService MaximumQoS { get; init; } = QualityOfService.ExactlyOnce;

    /// <summary>Whether publishers may retain messages. Unless set, the flag is accepted and cleared (protocol.md §2.6).</summary>
    public bool AllowRetain { get; init; }

    /// <summary>Whether clients may connect without TLS; otherwise they are answered with 5 (protocol.md §3.3).</summary>
    public bool AllowInsecure { get; init; }

    /// <summary>Whether sessions may outlive their connection; otherwise CleanSession=0 is answered with 5 (protocol.md §2.6, §3.3).</summary>
    public bool AllowPersistent { get; init; } = true;

    /// <summary>How many clients may be connected at once; one more is closed with code 173 (protocol.md §3.3). Null for as many as come.</summary>
    public int? MaximumConnections { get; init; }
}
