namespace IoTF.PowerShell.Messages;

/// <summary>A received event: what a device sent.</summary>
public sealed class IoTFEvent : IoTFMessage
{
    /// <summary>Makes a received event.</summary>
    /// <param name="organization">The organization of the session that received it.</param>
    /// <param name="deviceType">The device type.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="eventId">The event id.</param>
    /// <param name="format">The format word of the topic.</param>
    /// <param name="payload">The bytes as received; they are not copied.</param>
    /// <param name="qos">The quality of service of the delivery: 0, 1 or 2.</param>
    /// <param name="retain">The retain flag.</param>
    /// <param name="duplicate">The duplicate flag.</param>
    /// <param name="time">When it was received, in UTC.</param>
    /// <param name="topic">The topic it came on.</param>
    public IoTFEvent(
        string? organization,
        string? deviceType,
        string? deviceId,
        string eventId,
        string format,
        byte[] payload,
        int qos,
        bool retain,
        bool duplicate,
        DateTime time,
        string topic)
        : base(organization, deviceType, deviceId, format, payload, qos, retain, duplicate, time, topic)
    {
        EventId = eventId;
    }

    /// <summary>The event id.</summary>
    public string EventId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"event {EventId} of {DeviceType}/{DeviceId} ({Format}, {Payload.Length} bytes)";
}
