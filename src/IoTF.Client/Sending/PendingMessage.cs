using IoTF.Client.Faults;
using IoTF.Mqtt;
using IoTF.Mqtt.Delivery;

namespace IoTF.Client.Sending;

/// <summary>One message on its way to the service, with what became of it.</summary>
public sealed class PendingMessage : OutboundMessage
{
    /// <summary>A message that has not been sent.</summary>
    /// <param name="topic">A topic that the identity may use; checked before.</param>
    /// <param name="payload">The payload; must not change until the message is settled.</param>
    /// <param name="qualityOfService">The MQTT quality of service.</param>
    /// <param name="input">What the caller was given and wants back in a report.</param>
    public PendingMessage(string topic, ReadOnlyMemory<byte> payload, QualityOfService qualityOfService, object? input)
        : base(topic, payload, qualityOfService) => Input = input;

    /// <summary>What the caller was given.</summary>
    public object? Input { get; }

    /// <summary>The id it had on the wire, for reports: kept when the id is free again. 0 for QoS 0.</summary>
    public ushort LastPacketId { get; internal set; }

    /// <summary>When it was sent first, as a timestamp of the session's clock.</summary>
    public long SentAt { get; internal set; }

    /// <summary>When it was settled (acknowledged; QoS 0: given to the network), as a timestamp of the session's clock.</summary>
    public long SettledAt { get; internal set; }

    /// <summary>Whether it is known what became of it.</summary>
    public bool IsSettled { get; internal set; }

    /// <summary>Why it was not delivered, or why that is not known; null when it was.</summary>
    public Fault? Fault { get; internal set; }

    internal SendBatch? Batch { get; set; }

    /// <summary>Whether the service has answered it, so that <see cref="SettledAt"/> is known.</summary>
    internal bool IsAnswered { get; set; }

    /// <summary>Why it is not delivered, known before it is settled; null when nothing of the kind is known.</summary>
    internal Fault? Verdict { get; set; }
}
