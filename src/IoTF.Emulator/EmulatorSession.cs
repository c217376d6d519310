using IoTF.Protocol.Identities;

namespace IoTF.Emulator;

/// <summary>What the local service keeps of one client, connected or not, as it was when it was asked for.</summary>
public sealed record EmulatorSession
{
    /// <summary>The ClientId of CONNECT.</summary>
    public required string ClientId { get; init; }

    /// <summary>What the client is to the service.</summary>
    public required ClientRole Role { get; init; }

    /// <summary>Whether the client is connected.</summary>
    public required bool Connected { get; init; }

    /// <summary>How long the session outlives its connection: zero when it ends with it, <see cref="Timeout.InfiniteTimeSpan"/> forever.</summary>
    public required TimeSpan Expiry { get; init; }

    /// <summary>The filters the client is subscribed to, as it named them.</summary>
    public required IReadOnlyList<string> Subscriptions { get; init; }

    /// <summary>Messages sent to the client that it has not acknowledged.</summary>
    public required int InFlight { get; init; }

    /// <summary>Messages that wait to be sent to the client; those of shared subscriptions wait there.</summary>
    public required int Queued { get; init; }

    /// <summary>Messages dropped because too many waited, or because they waited too long, since the session began.</summary>
    public required long Dropped { get; init; }
}
