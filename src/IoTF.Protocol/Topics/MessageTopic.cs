namespace IoTF.Protocol.Topics;

/// <summary>What a topic says: the kind of its message and the names in it. Short topics of devices and long ones are read alike.</summary>
public readonly record struct MessageTopic
{
    // The longest known shape has nine levels; one more shows that a topic goes on.
    private const int LevelsToLookAt = 10;

    /// <summary>What the topic carries.</summary>
    public MessageKind Kind { get; init; }

    /// <summary>The device type, or null when the topic names none.</summary>
    public string? DeviceType { get; init; }

    /// <summary>The device id, or null when the topic names none.</summary>
    public string? DeviceId { get; init; }

    /// <summary>The application id in the status topic of an application; otherwise null.</summary>
    public string? ApplicationId { get; init; }

    /// <summary>The event id or command id; for device management the action, such as <c>mgmt/initiate/device/reboot</c>; otherwise null.</summary>
    public string? Name { get; init; }

    /// <summary>The payload's format of an event or command; otherwise null.</summary>
    public string? Format { get; init; }

    /// <summary>Reads a topic name, level by level.</summary>
    /// <param name="topic">The topic of a message.</param>
    /// <param name="message">What it says; its kind is <see cref="MessageKind.Other"/> when the topic has no known shape.</param>
    /// <returns>False when the text is no topic name at all: empty, too long, with wildcards or U+0000, or not well-formed.</returns>
    public static bool TryParse(string topic, out MessageTopic message)
    {
        ArgumentNullException.ThrowIfNull(topic);
        message = default;
        if (!TopicSyntax.IsTopicName(topic))
        {
            return false;
        }

        Span<Range> ranges = stackalloc Range[LevelsToLookAt];
        var levels = ranges[..topic.AsSpan().Split(ranges, '/')];
        message = Read(topic, levels);
        return true;
    }

    private static MessageTopic Read(string topic, ReadOnlySpan<Range> levels)
    {
        foreach (var range in levels)
        {
            if (topic.AsSpan(range).IsEmpty)
            {
                return default;
            }
        }

        var root = topic.AsSpan(levels[0]);
        var isManagement = root is "iotdm-1" or "iotdevice-1";
        if (root is not "iot-2" && !isManagement)
        {
            return default;
        }

        var body = levels[1..];
        var device = default(MessageTopic);
        if (body.Length >= 5 && topic.AsSpan(body[0]) is "type" && topic.AsSpan(body[2]) is "id")
        {
            device = new() { DeviceType = topic[body[1]], DeviceId = topic[body[3]] };
            body = body[4..];
        }

        return isManagement ? ReadManagement(topic, body, device) : ReadMessage(topic, body, device);
    }

    private static MessageTopic ReadManagement(string topic, ReadOnlySpan<Range> body, MessageTopic device) => body.IsEmpty
        ? default
        : device with { Kind = MessageKind.DeviceManagement, Name = topic[body[0].Start..] };

    private static MessageTopic ReadMessage(string topic, ReadOnlySpan<Range> body, MessageTopic device)
    {
        switch (body.Length)
        {
            case 4 when topic.AsSpan(body[0]) is "evt" or "cmd" && topic.AsSpan(body[2]) is "fmt":
                var kind = topic.AsSpan(body[0]) is "evt" ? MessageKind.Event : MessageKind.Command;
                return device with { Kind = kind, Name = topic[body[1]], Format = topic[body[3]] };
            case 1 when topic.AsSpan(body[0]) is "mon":
                return device with { Kind = MessageKind.DeviceStatus };
            case 1 when topic.AsSpan(body[0]) is "notify":
                return device with { Kind = MessageKind.Notification };
            case 3 when device.DeviceType is null && topic.AsSpan(body[0]) is "app" && topic.AsSpan(body[2]) is "mon":
                return new() { Kind = MessageKind.ApplicationStatus, ApplicationId = topic[body[1]] };
            default:
                return default;
        }
    }
}
