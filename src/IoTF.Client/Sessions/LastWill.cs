using IoTF.Mqtt;

namespace IoTF.Client.Sessions;

/// <summary>What the service sends in a client's name when its connection ends without a DISCONNECT (MQTT-3.1.1 §3.1.2.5).</summary>
/// <param name="Topic">A topic that the identity may publish to; checked before (protocol.md §2.6).</param>
/// <param name="Payload">The payload; not to be changed.</param>
/// <param name="QualityOfService">The MQTT quality of service; the service lowers it silently where it allows less.</param>
public sealed record LastWill(string Topic, byte[] Payload, QualityOfService QualityOfService)
{
    /// <summary>Whether both say the same.</summary>
    public bool Equals(LastWill? other) => other is not null
        && Topic == other.Topic && QualityOfService == other.QualityOfService && Payload.AsSpan().SequenceEqual(other.Payload);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Topic, Payload.Length, QualityOfService);
}
