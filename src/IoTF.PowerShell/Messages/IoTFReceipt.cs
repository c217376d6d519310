namespace IoTF.PowerShell.Messages;

/// <summary>What became of one message that was sent and delivered.</summary>
public sealed class IoTFReceipt
{
    internal IoTFReceipt(
        string clientId, string name, string topic, int qos, int packetId, DateTime acknowledgedAt, TimeSpan roundTrip, int transmissions, object? input)
    {
        ClientId = clientId;
        Name = name;
        Topic = topic;
        QoS = qos;
        PacketId = packetId;
        AcknowledgedAt = acknowledgedAt;
        RoundTrip = roundTrip;
        Transmissions = transmissions;
        Input = input;
    }

    /// <summary>Who sent it.</summary>
    public string ClientId { get; }

    /// <summary>The event or command id.</summary>
    public string Name { get; }

    /// <summary>The topic it was sent to.</summary>
    public string Topic { get; }

    /// <summary>The quality of service it was sent with.</summary>
    public int QoS { get; }

    /// <summary>Its MQTT packet id; 0 for QoS 0.</summary>
    public int PacketId { get; }

    /// <summary>When the service acknowledged it (QoS 0: when it was given to the network), UTC.</summary>
    public DateTime AcknowledgedAt { get; }

    /// <summary>The time from sending to acknowledgement.</summary>
    public TimeSpan RoundTrip { get; }

    /// <summary>How often it was sent: 1 unless the connection was lost meanwhile.</summary>
    public int Transmissions { get; }

    /// <summary>What was given to the cmdlet.</summary>
    public object? Input { get; }

    /// <summary>Name, topic and round trip.</summary>
    public override string ToString() => $"{Name} to {Topic}, acknowledged after {RoundTrip.TotalMilliseconds:0.0} ms";
}
