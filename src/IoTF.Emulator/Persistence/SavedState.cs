using System.Text.Json.Serialization;

namespace IoTF.Emulator.Persistence;

/// <summary>What a local service keeps over a restart, as it stands in the file. Times are UTC; tokens are there as salted hashes only.</summary>
internal sealed record SavedState
{
    public const string ThisFormat = "IoTF emulator state";
    public const int ThisVersion = 1;

    public required string Format { get; init; }

    public required int Version { get; init; }

    /// <summary>The organization that registrations without one belong to.</summary>
    public required string Organization { get; init; }

    public required IReadOnlyList<SavedOrganization> Organizations { get; init; }

    public required IReadOnlyList<SavedSession> Sessions { get; init; }

    public required IReadOnlyList<SavedSharedSubscription> SharedSubscriptions { get; init; }
}

internal sealed record SavedOrganization
{
    public required string Name { get; init; }

    public required SavedOptions Options { get; init; }

    public required IReadOnlyList<SavedDevice> Devices { get; init; }

    public required IReadOnlyList<SavedApiKey> ApiKeys { get; init; }

    public required IReadOnlyList<SavedRetained> Retained { get; init; }
}

internal sealed record SavedApiKey(string ApiKey, SavedToken Token, string Role, string? ResourceGroup = null);

/// <summary>The last message of a topic that is kept for those who subscribe later, under the service's own name for the topic.</summary>
internal sealed record SavedRetained(string Topic, byte[] Payload, int QoS, SavedProperties? Properties = null);

internal sealed record SavedToken(byte[] Salt, byte[] Hash);

internal sealed record SavedSession
{
    public required string ClientId { get; init; }

    /// <summary>How many seconds it outlives its connection; null for no end.</summary>
    public double? ExpirySeconds { get; init; }

    /// <summary>The devices its client may see; null for those of the whole organization.</summary>
    public string? ResourceGroup { get; init; }

    /// <summary>The API key its client came with; null for devices and gateways.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Since when its client is away; that of saving when it was connected.</summary>
    public required DateTimeOffset AwaySince { get; init; }

    public required IReadOnlyList<SavedSubscription> Subscriptions { get; init; }

    /// <summary>Sent and not acknowledged, oldest first.</summary>
    public required IReadOnlyList<SavedMessage> InFlight { get; init; }

    /// <summary>Not sent yet, oldest first.</summary>
    public required IReadOnlyList<SavedMessage> Waiting { get; init; }
}

/// <summary>What a client is subscribed to, in the service's words for the filter.</summary>
internal sealed record SavedSubscription(string InternalFilter, int QoS, bool NoLocal, bool RetainAsPublished = false);

internal sealed record SavedSharedSubscription(string Name, IReadOnlyList<SavedMessage> Waiting);

internal sealed record SavedMessage
{
    public required string Topic { get; init; }

    public required byte[] Payload { get; init; }

    public required int QoS { get; init; }

    /// <summary>Whether it was retained before its client subscribed.</summary>
    public bool Retain { get; init; }

    /// <summary>Since when it waits.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Its packet id while it is in flight.</summary>
    public ushort? PacketId { get; init; }

    /// <summary>QoS 2: the client has it, and its PUBCOMP is awaited.</summary>
    public bool IsReleased { get; init; }

    /// <summary>The shared subscription that it came from.</summary>
    public string? SharedSubscription { get; init; }

    public SavedProperties? Properties { get; init; }
}

/// <summary>What MQTT 5 lets a publisher say about a message.</summary>
internal sealed record SavedProperties
{
    public string? ContentType { get; init; }

    public byte[]? CorrelationData { get; init; }

    public string? ResponseTopic { get; init; }

    public bool IsText { get; init; }

    /// <summary>How many seconds it has left; 0 when it does not expire.</summary>
    public uint SecondsLeft { get; init; }

    public IReadOnlyList<SavedUserProperty>? UserProperties { get; init; }
}

internal sealed record SavedUserProperty(string Name, byte[] Value);

/// <summary>The form of the file: JSON that a person can read.</summary>
[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SavedState))]
internal sealed partial class SavedStateJson : JsonSerializerContext;
