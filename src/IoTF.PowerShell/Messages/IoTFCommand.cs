namespace IoTF.PowerShell.Messages;

/// <summary>A received command: what an application sent to a device.</summary>
public sealed class IoTFCommand : IoTFMessage
{
    /// <summary>Makes a received command.</summary>
    /// <param name="organization">The organization of the session that received it.</param>
    /// <param name="deviceType">The device type.</param>
    /// <param name="deviceId">The device id.</param>
    /// <param name="commandId">The command id.</param>
    /// <param name="format">The format word of the topic.</param>
    /// <param name="payload">The bytes as received; they are not copied.</param>
    /// <param name="qos">The quality of service of the delivery: 0, 1 or 2.</param>
    /// <param name="retain">The retain flag.</param>
    /// <param name="duplicate">The duplicate flag.</param>
    /// <param name="time">When it was received, in UTC.</param>
    /// <param name="topic">The topic it came on.</param>
    public IoTFCommand(
        string? organization,
        string? deviceType,
        string? deviceId,
        string commandId,
        string format,
        byte[] payload,
        int qos,
        bool retain,
        bool duplicate,
        DateTime time,
        string topic)
        : base(organization, deviceType, deviceId, format, payload, qos, retain, duplicate, time, topic)
    {
        CommandId = commandId;
    }

    /// <summary>The command id.</summary>
    public string CommandId { get; }

    /// <inheritdoc/>
    public override string ToString() => $"command {CommandId} of {DeviceType}/{DeviceId} ({Format}, {Payload.Length} bytes)";
}
